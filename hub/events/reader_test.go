package events

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
)

// A reader runs a Monitor and keeps what it says.
type reader struct {
	t      testing.TB
	cancel context.CancelFunc
	done   chan struct{}

	mu     sync.Mutex
	change chan struct{} // closed and replaced when anything comes; guarded by mu
	events []Event
	states []PartitionState
	err    error
}

func read(t testing.TB, o Options) *reader {
	t.Helper()
	m, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &reader{t: t, cancel: cancel, done: make(chan struct{}), change: make(chan struct{})}
	go func() {
		defer close(r.done)
		err := m.Run(ctx, r)
		r.tell(func() { r.err = err })
	}()
	t.Cleanup(r.stop)
	return r
}

func (r *reader) stop() {
	r.cancel()
	<-r.done
}

func (r *reader) Events(batch []Event)   { r.tell(func() { r.events = append(r.events, batch...) }) }
func (r *reader) State(s PartitionState) { r.tell(func() { r.states = append(r.states, s) }) }

func (r *reader) tell(what func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	what()
	close(r.change)
	r.change = make(chan struct{})
}

// until waits until ok holds; ok is called with r.mu held.
func (r *reader) until(what string, ok func() bool) {
	r.t.Helper()
	late := time.After(time.Minute)
	for {
		r.mu.Lock()
		done, change := ok(), r.change
		r.mu.Unlock()
		if done {
			return
		}
		select {
		case <-change:
		case <-late:
			r.mu.Lock()
			defer r.mu.Unlock()
			r.t.Fatalf("waiting until %s: %d events, ended %v, states %+v", what, len(r.events), r.err, r.latest())
		}
	}
}

// latest is the last state of each partition; r.mu is held.
func (r *reader) latest() map[string]PartitionState {
	last := map[string]PartitionState{}
	for _, s := range r.states {
		last[s.Partition] = s
	}
	if len(last) > 1 {
		delete(last, "")
	}
	return last
}

// all waits until every one of the hub's partitions is in the phase.
func (r *reader) all(phase Phase) {
	r.t.Helper()
	r.until("all are "+phase.String(), func() bool {
		last := r.latest()
		for _, s := range last {
			if s.Phase != phase || s.Total != len(last) {
				return false
			}
		}
		return len(last) > 0
	})
}

func (r *reader) received(n int) []Event {
	r.t.Helper()
	r.until(fmt.Sprintf("%d events are there", n), func() bool { return len(r.events) >= n })
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.events
}

// ended waits for the end of Run.
func (r *reader) ended() error {
	r.t.Helper()
	select {
	case <-r.done:
	case <-time.After(time.Minute):
		r.t.Fatal("Run does not end")
	}
	return r.err
}
