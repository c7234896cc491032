package sim

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// beat is a job that is due at every interval, and notes when it was called.
type beat struct {
	job
	every time.Duration
	mu    sync.Mutex
	times []time.Time
	slow  func()
}

func newBeat(every time.Duration) *beat {
	b := &beat{every: every}
	next := time.Now()
	b.run = func(now time.Time) time.Time {
		b.mu.Lock()
		b.times = append(b.times, now)
		b.mu.Unlock()
		if b.slow != nil {
			b.slow()
		}
		next = next.Add(b.every)
		return next
	}
	return b
}

func (b *beat) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.times)
}

func (s *scheduler) staff() (keeping bool, working, entered int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keeping, s.working, s.entered
}

func TestSchedulerCallsWhatIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScheduler()
		began := time.Now()
		var beats []*beat
		for i := range 100 {
			b := newBeat(time.Duration(i+1) * time.Millisecond)
			beats = append(beats, b)
			s.enter(&b.job)
			s.wake(&b.job, began)
		}
		time.Sleep(time.Second + time.Millisecond/2)
		for _, b := range beats {
			s.leave(&b.job)
		}
		time.Sleep(time.Second)
		for i, b := range beats {
			if want := int(time.Second/b.every) + 1; len(b.times) != want {
				t.Errorf("job %d was called %d times, want %d", i, len(b.times), want)
			}
			for n, at := range b.times {
				if due := began.Add(time.Duration(n) * b.every); at != due {
					t.Fatalf("job %d, call %d at %v, want %v", i, n, at.Sub(began), due.Sub(began))
				}
			}
		}
		if keeping, working, _ := s.staff(); keeping || working != 0 {
			t.Errorf("without a job the watch runs (%v), and %d workers", keeping, working)
		}
	})
}

// TestSlowJobsDelayNobody: as many as there are workers, and more, are stuck; the others are called in time.
func TestSlowJobsDelayNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScheduler()
		stuck := make(chan struct{})
		began := time.Now()
		var slow, quick []*beat
		for i := range 40 {
			b := newBeat(100 * time.Millisecond)
			if i < 20 {
				b.slow = func() { <-stuck }
				slow = append(slow, b)
			} else {
				quick = append(quick, b)
			}
			s.enter(&b.job)
			s.wake(&b.job, began)
		}
		time.Sleep(10*time.Second + time.Millisecond)
		for _, b := range slow {
			if b.count() != 1 {
				t.Errorf("a job was called %d times while its call lasted", b.count())
			}
		}
		for _, b := range quick {
			if b.count() != 101 {
				t.Fatalf("called %d times in 10 s at 100 ms", b.count())
			}
			for n, at := range b.times[1:] {
				if late := at.Sub(began) - time.Duration(n+1)*b.every; late > 20*stuckAfter {
					t.Errorf("call %d is late by %v", n+1, late)
				}
			}
		}
		close(stuck)
		synctest.Wait()
		if _, working, _ := s.staff(); working > s.workers {
			t.Errorf("%d workers are left of %d", working, s.workers)
		}
		for _, b := range append(slow, quick...) {
			s.leave(&b.job)
		}
	})
}

func TestSchedulerWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScheduler()
		var calls atomic.Int32
		inside, goOn := make(chan struct{}), make(chan struct{})
		j := &job{}
		j.run = func(time.Time) time.Time {
			calls.Add(1)
			if calls.Load() == 3 {
				inside <- struct{}{}
				<-goOn
			}
			return time.Time{}
		}
		s.wake(j, time.Now()) // not entered: nothing
		s.enter(j)
		s.wake(j, time.Now().Add(time.Hour))
		s.wake(j, time.Now().Add(time.Minute)) // earlier
		s.wake(j, time.Now().Add(2*time.Hour)) // later changes nothing
		time.Sleep(time.Minute)
		synctest.Wait()
		if calls.Load() != 1 {
			t.Fatalf("%d calls", calls.Load())
		}
		time.Sleep(3 * time.Hour)
		if calls.Load() != 1 {
			t.Fatalf("%d calls without a wake", calls.Load())
		}
		s.wake(j, time.Now())
		synctest.Wait()
		s.wake(j, time.Now())
		<-inside
		s.wake(j, time.Now()) // while it runs: once more
		s.wake(j, time.Now())
		goOn <- struct{}{}
		synctest.Wait()
		if calls.Load() != 4 {
			t.Errorf("%d calls, want 4", calls.Load())
		}
		s.leave(j)
		s.leave(j)
		s.wake(j, time.Now())
		synctest.Wait()
		if _, _, entered := s.staff(); calls.Load() != 4 || entered != 0 {
			t.Errorf("%d calls after it left, %d entered", calls.Load(), entered)
		}
	})
}
