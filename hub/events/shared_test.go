package events

import (
	"context"
	"errors"
	"sync"
	"testing"

	"hubscope/hub"
	"hubscope/hub/secret"
)

func newListener(t *testing.T) *reader { return &reader{t: t, change: make(chan struct{})} }

// phase is the latest; r.mu is held.
func (r *reader) phase() Phase {
	if len(r.states) == 0 {
		return Connecting
	}
	return r.states[len(r.states)-1].Phase
}

// share starts a hub with two devices and gives what makes 64 records of feedback, which the hub tells at once.
func share(t *testing.T) (*station, func()) {
	s := startStation(t)
	registry, err := hub.New(hub.Options{Target: s.hub.Target()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	for _, id := range []string{"d1", "d2"} {
		if _, err := registry.CreateDevice(t.Context(), hub.Device{DeviceID: id}); err != nil {
			t.Fatal(err)
		}
	}
	return s, func() {
		t.Helper()
		s.sendC2D(32, "d1", "d2")
		for _, id := range []string{"d1", "d2"} {
			if _, err := registry.PurgeC2D(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// hold has a queue read until the test or stop ends it.
func hold(t *testing.T, read func(context.Context) error) (stop func() error) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- read(ctx) }()
	once := sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { _ = once() })
	return once
}

// Everybody gets each record, whoever has asked for them to be read; when nobody does any more they stay in the hub.
func TestSharedQueue(t *testing.T) {
	s, records := share(t)
	q, err := ShareQueue(s.options(), FeedbackQueue)
	if err != nil {
		t.Fatal(err)
	}
	first, second, quiet := newListener(t), newListener(t), newListener(t)
	defer q.Listen(quiet)()
	if quiet.phase() != Stopped {
		t.Errorf("nobody reads, and it is %v", quiet.phase())
	}
	records()
	stopListening := q.Listen(second)
	stopFirst := hold(t, func(ctx context.Context) error { return q.Reader(false).Run(ctx, first) })
	for _, l := range []*reader{first, second, quiet} {
		l.until("all is told", func() bool { return len(l.events) == 64 })
	}
	stopSecond := hold(t, q.Read)
	if err := stopFirst(); err != nil {
		t.Error(err)
	}
	if err := stopSecond(); err != nil || quiet.phase() != Stopped {
		t.Errorf("%v, and it is %v", err, quiet.phase())
	}
	stopListening()
	records()
	stop := hold(t, q.Read)
	quiet.until("it is read again", func() bool { return len(quiet.events) == 128 })
	if err := stop(); err != nil {
		t.Error(err)
	}
	if len(first.events) != 64 || len(second.events) != 64 {
		t.Errorf("who has left was told %d and %d", len(first.events), len(second.events))
	}
}

// Where 5671 is blocked, and when somebody asks for it, the way is a WebSocket, for all.
func TestSharedQueueGoesOverWebSocket(t *testing.T) {
	s, records := share(t)
	blocked := s.options()
	blocked.AMQPAddr, blocked.HTTPSAddr = "127.0.0.1:1", s.hub.Target().HTTPSAddr
	open := s.options()
	open.HTTPSAddr = s.hub.Target().HTTPSAddr
	for name, o := range map[string]Options{"blocked": blocked, "asked for": open} {
		q, err := ShareQueue(o, FeedbackQueue)
		if err != nil {
			t.Fatal(err)
		}
		l := newListener(t)
		stopListening := q.Listen(l)
		records()
		stop := hold(t, q.Read)
		other := func() error { return nil }
		if name == "asked for" {
			l.until("it is live", func() bool { return l.phase() == Live })
			other = hold(t, func(ctx context.Context) error { return q.Reader(true).Run(ctx, newListener(t)) })
		}
		l.until("it goes another way", func() bool {
			q.mu.Lock()
			defer q.mu.Unlock()
			return q.reading != nil && q.reading.webSocket && l.phase() == Live
		})
		l.until("all is told", func() bool { return len(l.events) >= 64 })
		if err := errors.Join(stop(), other()); err != nil {
			t.Error(err)
		}
		stopListening()
	}
}

func TestSharedQueueFails(t *testing.T) {
	s := startStation(t)
	o := s.options()
	o.Service.Key = secret.New("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
	q, err := ShareQueue(o, FeedbackQueue)
	if err != nil {
		t.Fatal(err)
	}
	l := newListener(t)
	defer q.Listen(l)()
	for range 2 {
		if err := q.Read(t.Context()); !errors.Is(err, ErrUnauthorized) {
			t.Errorf("a wrong key ends with %v", err)
		}
		if last := l.states[len(l.states)-1]; last.Phase != Stopped || !errors.Is(last.Err, ErrUnauthorized) {
			t.Errorf("it is said to be %+v", last)
		}
	}
	if _, err := ShareQueue(Options{}, FeedbackQueue); err == nil {
		t.Error("a queue of no hub was made")
	}
}
