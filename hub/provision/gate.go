package provision

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"hubscope/hub"
)

// The waits of a hub that is throttled and does not say for how long. They are shorter at first than the 10 s of
// the Node SDK (protocol 10), whose calls each wait alone: here one call asks for all.
const (
	firstWait = time.Second
	longest   = time.Minute
)

// gate lets the calls of a run through to the hub. When the hub asks for patience all of them wait together, then one call
// goes ahead, and the others follow when that has succeeded.
type gate struct {
	patience time.Duration
	waiting  func(until time.Time, err error) // told of each wait, and of its end by a zero time
	probe    chan struct{}                    // capacity 1: held by the call that goes ahead

	mu       sync.Mutex
	worked   bool      // guarded by mu: a call has succeeded
	strained bool      // guarded by mu: the last answer was a refusal for now
	until    time.Time // guarded by mu
	since    time.Time // guarded by mu: when it became strained
	waits    *backoff.ExponentialBackOff
}

func newGate(patience time.Duration, waiting func(time.Time, error)) *gate {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval, waits.Multiplier = firstWait, longest, 2
	return &gate{patience: patience, waiting: waiting, probe: make(chan struct{}, 1), waits: waits}
}

// do makes a call, again and again while the hub is throttled or not available, or its connection lost that was there
// before. The calls are reads, and creations that may be made twice: who was created the first time is then found.
func (g *gate) do(ctx context.Context, call func() error) error {
	for {
		ahead, err := g.enter(ctx)
		if err != nil {
			return err
		}
		err = call()
		again := ctx.Err() == nil && g.judge(err)
		if ahead {
			<-g.probe
		}
		if !again {
			return err
		}
	}
}

// enter waits until a call may be made, and says whether it is the one that goes ahead.
func (g *gate) enter(ctx context.Context) (ahead bool, err error) {
	if _, strained := g.state(); !strained {
		return false, ctx.Err()
	}
	select {
	case g.probe <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	until, strained := g.state()
	if !strained {
		<-g.probe
		return false, ctx.Err()
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true, nil
	case <-ctx.Done():
		<-g.probe
		return false, ctx.Err()
	}
}

func (g *gate) state() (until time.Time, strained bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.until, g.strained
}

// judge says whether the call is to be made again.
func (g *gate) judge(err error) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch now := time.Now(); {
	case err == nil:
		g.calm()
		return false
	case !g.passing(err):
		return false
	case !g.strained:
		g.strained, g.since = true, now
		g.hold(now, err)
	case now.Sub(g.since) > g.patience:
		return false
	case !now.Before(g.until): // otherwise it was under way when another one was refused
		g.hold(now, err)
	}
	return true
}

// passing says whether the error is of a kind that passes.
func (g *gate) passing(err error) bool {
	var refusal *hub.Error
	var answer *hub.AnswerError
	switch {
	case errors.As(err, &refusal):
		return errors.Is(err, hub.ErrThrottled) || errors.Is(err, hub.ErrUnavailable)
	case errors.As(err, &answer):
		return false
	}
	return g.worked
}

func (g *gate) calm() {
	g.worked = true
	if !g.strained {
		return
	}
	g.strained = false
	g.waits.Reset()
	g.waiting(time.Time{}, nil)
}

// hold sets when to ask again: as the hub says, with up to a tenth more, since other programs may have been told the same.
func (g *gate) hold(now time.Time, err error) {
	wait := g.waits.NextBackOff()
	var refusal *hub.Error
	if errors.As(err, &refusal) && refusal.RetryAfter > 0 {
		wait = refusal.RetryAfter + time.Duration(rand.Int64N(int64(refusal.RetryAfter)/10+1))
	}
	g.until = now.Add(wait)
	g.waiting(g.until, err)
}
