package events

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// clockTick is how often the clocks are compared, sleepLeast what they must be off for a sleep.
	clockTick  = time.Second
	sleepLeast = 10 * time.Second
)

// clocks tells the time of day and the time since some start. They go alike, but while a machine sleeps: then the
// second one stands still on some systems, and on all nobody looks at either.
type clocks func() (wall time.Time, running time.Duration)

func systemClocks() clocks {
	start := time.Now()
	return func() (time.Time, time.Duration) {
		now := time.Now()
		return now.Round(0), now.Sub(start)
	}
}

// A sleptError ends what was under way while this machine slept: no connection outlives that for long, and to find
// out takes a time-out.
type sleptError struct{ span time.Duration }

func (e sleptError) Error() string { return fmt.Sprintf("this machine slept for %s", e.span) }

// slept tells whether ctx was ended by a sleep.
func slept(ctx context.Context) (span time.Duration, yes bool) {
	var e sleptError
	if errors.As(context.Cause(ctx), &e) {
		return e.span, true
	}
	return 0, false
}

// A sentry watches the clocks and ends what is under way when they have jumped.
type sentry struct {
	mu     sync.Mutex
	cancel context.CancelCauseFunc // guarded by mu
}

// watch runs until ctx ends.
func (s *sentry) watch(ctx context.Context, now clocks, tick time.Duration) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	wall, running := now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		nextWall, nextRunning := now()
		span := max(nextWall.Sub(wall), nextRunning-running) - tick
		wall, running = nextWall, nextRunning
		if span >= sleepLeast {
			s.wake(span)
		}
	}
}

func (s *sentry) wake(span time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		s.cancel(sleptError{span})
	}
}

// guard gives a context that a sleep ends. The one before it is guarded no more.
func (s *sentry) guard(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancel = cancel
	return ctx, func() { cancel(nil) }
}
