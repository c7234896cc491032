package events

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"
)

// jumping are clocks that a test can set.
type jumping struct {
	real          clocks
	wall, running atomic.Int64 // what they are ahead of the real ones
}

func newJumping() *jumping { return &jumping{real: systemClocks()} }

func (j *jumping) now() (time.Time, time.Duration) {
	wall, running := j.real()
	return wall.Add(time.Duration(j.wall.Load())), running + time.Duration(j.running.Load())
}

// A connection that a sleep left behind looks alive. It is not waited for.
func TestRunConnectsAtOnceAfterASleep(t *testing.T) {
	for name, jump := range map[string]func(*jumping){
		"of the wall clock": func(j *jumping) { j.wall.Add(int64(3 * time.Hour)) },
		"of both clocks":    func(j *jumping) { j.wall.Add(int64(3 * time.Hour)); j.running.Add(int64(3 * time.Hour)) },
	} {
		t.Run(name, func(t *testing.T) {
			s := startStation(t)
			o := s.options()
			p := startProxy(t, o.AMQPAddr)
			clocks := newJumping()
			o.AMQPAddr, o.Timeout, o.clocks, o.clockTick = p.addr(), time.Hour, clocks.now, 5*time.Millisecond
			r := read(t, o)
			r.all(Live)
			c := s.device("wind-1")
			s.send(c, 0, 10)
			r.received(10)
			p.freeze()
			s.send(c, 10, 20)
			jump(clocks)
			r.until("it says that it slept", func() bool {
				n := len(r.states)
				notices := r.notices()
				return len(notices) == 1 && notices[0].Kind == Slept && notices[0].Span.Round(time.Hour) == 3*time.Hour && r.states[n-1].Phase == Connecting
			})
			p.cut()
			p.thaw()
			r.received(20)
			r.stop()
			onceEach(t, r.events, map[string]int{"wind-1": 20})
		})
	}
}

// A sleep while waiting for the next attempt ends the wait.
func TestASleepEndsTheWait(t *testing.T) {
	clocks := newJumping()
	o := startPeer(t, closes).options()
	o.RetryMin, o.RetryMax, o.clocks, o.clockTick = time.Hour, time.Hour, clocks.now, 5*time.Millisecond
	r := read(t, o)
	r.until("it waits", func() bool { return r.latest()[""].Phase == Retrying })
	clocks.wall.Add(int64(time.Minute))
	r.until("it tries again", func() bool {
		tries := 0
		for _, s := range r.states {
			if s.Phase == Connecting && s.Attempt == 1 && s.Notice == nil {
				tries++
			}
		}
		return tries == 2
	})
}

// Clocks that are set back, or a little, end nothing.
func TestSentryKnowsASleep(t *testing.T) {
	for _, test := range []struct {
		wall, running, want time.Duration
	}{
		{time.Second, time.Second, 0},
		{4 * time.Second, 4 * time.Second, 0},
		{-time.Hour, time.Second, 0},
		{time.Hour, time.Second, time.Hour - time.Millisecond},
		{time.Second, time.Minute, time.Minute - time.Millisecond},
	} {
		asked := make(chan struct{})
		first := true
		start := time.Now().Round(0)
		now := func() (time.Time, time.Duration) {
			if first {
				first = false
				return start, 0
			}
			asked <- struct{}{}
			return start.Add(test.wall), test.running
		}
		var s sentry
		guarded, done := s.guard(t.Context())
		watching, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); s.watch(watching, now, time.Millisecond) }()
		<-asked
		<-asked
		got, asleep := slept(guarded)
		stop()
		select {
		case <-asked:
		case <-ended:
		}
		<-ended
		if got != test.want || asleep != (test.want > 0) {
			t.Errorf("%+v: slept %v, %v", test, got, asleep)
		}
		if asleep != errors.Is(guarded.Err(), context.Canceled) {
			t.Errorf("%+v: %v", test, guarded.Err())
		}
		done()
	}
}
