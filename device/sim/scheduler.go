package sim

import (
	"container/heap"
	"runtime"
	"sync"
	"time"
)

// stuckAfter is how long nothing may come of the workers while devices are due before one more is started: they are
// busy with slow devices then, which must not delay the others.
const stuckAfter = 5 * time.Millisecond

// scheduler calls devices when they are due. One serves a whole fleet, with one goroutine that watches the time and a
// few that work. They run only while there is a device. It is safe for concurrent use; the zero value is not ready.
type scheduler struct {
	workers int // that there are when none is stuck

	mu       sync.Mutex
	idle     sync.Cond // of mu: something is ready, or there is nothing left to do
	waiting  dueHeap
	ready    queue
	entered  int       // devices
	keeping  bool      // the goroutine that watches the time runs
	working  int       // workers there are
	resting  int       // of those: that wait for work
	served   uint64    // calls ever
	looked   uint64    // served, when the watch last looked
	lookedAt time.Time // when served had changed
	sleeps   time.Time // until when the watch sleeps

	kick chan struct{} // capacity 1: the watch must look again
}

func newScheduler() *scheduler {
	s := &scheduler{workers: max(2, runtime.GOMAXPROCS(0)), kick: make(chan struct{}, 1)}
	s.idle.L = &s.mu
	return s
}

// job is a device's place in a scheduler. All but run is guarded by scheduler.mu.
type job struct {
	// run does what is due and returns when to be called again; zero: not until woken. Calls do not overlap.
	run   func(now time.Time) time.Time
	at    time.Time // when it is due, while it waits
	again time.Time // woken while it was ready or running
	index int       // in the heap
	phase jobPhase
}

type jobPhase uint8

const (
	jobOut jobPhase = iota // not entered, or left
	jobIdle
	jobWaiting
	jobReady
	jobRunning
)

// enter takes a job in; it is called when it is woken.
func (s *scheduler) enter(j *job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j.phase = jobIdle
	s.entered++
}

// leave takes a job out: it is not called any more. A call may still be running.
func (s *scheduler) leave(j *job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch j.phase {
	case jobOut:
		return
	case jobWaiting:
		heap.Remove(&s.waiting, j.index)
	}
	j.phase = jobOut
	s.entered--
	if s.entered == 0 {
		s.idle.Broadcast()
		offer(s.kick, struct{}{})
	}
}

// wake calls a job at a time, if it is not called before then.
func (s *scheduler) wake(j *job, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch j.phase {
	case jobIdle:
		s.plan(j, at)
	case jobWaiting:
		if at.Before(j.at) {
			j.at = at
			heap.Fix(&s.waiting, j.index)
			s.rouse(at)
		}
	case jobReady, jobRunning:
		j.again = earlier(j.again, at)
	}
}

// plan makes a job wait. Needs mu.
func (s *scheduler) plan(j *job, at time.Time) {
	j.phase, j.at = jobWaiting, at
	heap.Push(&s.waiting, j)
	s.rouse(at)
}

// rouse wakes the watch if it would sleep too long. Needs mu.
func (s *scheduler) rouse(at time.Time) {
	if !s.keeping {
		s.keeping = true
		go s.watch()
		return
	}
	if at.Before(s.sleeps) {
		s.sleeps = at
		offer(s.kick, struct{}{})
	}
}

// watch moves jobs that are due to the workers, until there is no job left.
func (s *scheduler) watch() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		wait, more := s.look(time.Now())
		if !more {
			return
		}
		timer.Reset(wait)
		select {
		case <-timer.C:
		case <-s.kick:
		}
	}
}

// look hands out what is due and returns how long the watch may sleep.
func (s *scheduler) look(now time.Time) (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.entered == 0 {
		s.keeping = false
		s.ready.clear()
		return 0, false
	}
	for len(s.waiting) > 0 && !s.waiting[0].at.After(now) {
		j := heap.Pop(&s.waiting).(*job)
		j.phase = jobReady
		s.ready.push(j)
	}
	s.employ(now)
	s.sleeps = now.Add(time.Hour)
	if len(s.waiting) > 0 {
		s.sleeps = s.waiting[0].at
	}
	if s.ready.len() > 0 {
		s.sleeps = earlier(s.sleeps, now.Add(stuckAfter))
	}
	return s.sleeps.Sub(now), true
}

// employ sees to it that somebody works on what is ready. Needs mu.
func (s *scheduler) employ(now time.Time) {
	if s.served != s.looked || s.lookedAt.IsZero() || s.ready.len() == 0 {
		s.looked, s.lookedAt = s.served, now
	}
	for range min(s.resting, s.ready.len()) {
		s.idle.Signal()
	}
	missing := min(s.ready.len()-s.resting, s.workers-s.working)
	if missing <= 0 && s.ready.len() > 0 && s.resting == 0 && now.Sub(s.lookedAt) >= stuckAfter {
		missing, s.lookedAt = 1, now
	}
	for range missing {
		s.working++
		go s.work()
	}
}

// work calls jobs that are ready. It ends when there is no job left, or when there are more workers than needed.
func (s *scheduler) work() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		j := s.ready.pop()
		if j == nil {
			if s.entered == 0 || s.working > s.workers {
				s.working--
				return
			}
			s.resting++
			s.idle.Wait()
			s.resting--
			continue
		}
		if j.phase == jobReady {
			s.call(j)
		}
	}
}

// call runs a job without the lock, and plans its next call. Needs mu.
func (s *scheduler) call(j *job) {
	j.phase = jobRunning
	s.mu.Unlock()
	next := j.run(time.Now())
	s.mu.Lock()
	s.served++
	if j.phase != jobRunning {
		return
	}
	next = earlier(next, j.again)
	j.again = time.Time{}
	if next.IsZero() {
		j.phase = jobIdle
		return
	}
	s.plan(j, next)
}

// earlier gives the earlier of two times; a zero time is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// queue is first in, first out.
type queue struct {
	jobs []*job
	head int
}

func (q *queue) len() int { return len(q.jobs) - q.head }

func (q *queue) push(j *job) {
	if q.head > 64 && q.head > len(q.jobs)/2 {
		kept := copy(q.jobs, q.jobs[q.head:])
		clear(q.jobs[kept:])
		q.jobs, q.head = q.jobs[:kept], 0
	}
	q.jobs = append(q.jobs, j)
}

func (q *queue) pop() *job {
	if q.head == len(q.jobs) {
		q.jobs, q.head = q.jobs[:0], 0
		return nil
	}
	j := q.jobs[q.head]
	q.jobs[q.head] = nil
	q.head++
	return j
}

func (q *queue) clear() { *q = queue{} }

// dueHeap is a heap.Interface: the first is due first.
type dueHeap []*job

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(a, b int) bool { return h[a].at.Before(h[b].at) }

func (h dueHeap) Swap(a, b int) {
	h[a], h[b] = h[b], h[a]
	h[a].index, h[b].index = a, b
}

// Push is part of heap.Interface.
func (h *dueHeap) Push(x any) {
	j := x.(*job)
	j.index = len(*h)
	*h = append(*h, j)
}

// Pop is part of heap.Interface.
func (h *dueHeap) Pop() any {
	last := len(*h) - 1
	j := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return j
}
