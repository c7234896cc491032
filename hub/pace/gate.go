// Package pace lets the many calls of one piece of work through to a hub at the pace that the hub allows.
package pace

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

// Options of a [Gate].
type Options struct {
	// Patience is how long calls are made again while nothing else comes than refusals for now: 10 minutes by default.
	Patience time.Duration
	// Again says whether an error is one that passes, so that the call is made again; worked tells that a call has
	// succeeded before. Nil: [Passing].
	Again func(err error, worked bool) bool
	// Waiting is told of each wait, and of its end by a zero time. It must not block. Nil: nobody is.
	Waiting func(until time.Time, err error)
}

// DefaultPatience is that of [Options].
const DefaultPatience = 10 * time.Minute

// Gate lets calls through to a hub. When the hub asks for patience all of them wait together, then one call goes ahead,
// and the others follow when that has succeeded. It may be used concurrently. Its calls must try once, as those of a
// client with hub.Retry{Tries: 1} or under hub.TryOnce do: else each waits for itself first.
type Gate struct {
	o     Options
	probe chan struct{} // capacity 1: held by the call that goes ahead

	mu       sync.Mutex
	worked   bool      // guarded by mu: a call has succeeded
	strained bool      // guarded by mu: the last answer was a refusal for now
	until    time.Time // guarded by mu
	since    time.Time // guarded by mu: when it became strained
	waits    *backoff.ExponentialBackOff
}

// New returns a gate that is open.
func New(o Options) *Gate {
	if o.Patience <= 0 {
		o.Patience = DefaultPatience
	}
	if o.Again == nil {
		o.Again = Passing
	}
	if o.Waiting == nil {
		o.Waiting = func(time.Time, error) {}
	}
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval, waits.Multiplier = firstWait, longest, 2
	return &Gate{o: o, probe: make(chan struct{}, 1), waits: waits}
}

// Do makes a call, again and again while its error is one that passes. Errors: that of the call, and of ctx when it ends
// during a wait.
func (g *Gate) Do(ctx context.Context, call func() error) error {
	for {
		ahead, err := g.enter(ctx)
		if err != nil {
			return err
		}
		err = call()
		again := ctx.Err() == nil && g.judge(err, ahead)
		if ahead {
			<-g.probe
		}
		if !again {
			return err
		}
	}
}

// enter waits until a call may be made, and says whether it is the one that goes ahead.
func (g *Gate) enter(ctx context.Context) (ahead bool, err error) {
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

func (g *Gate) state() (until time.Time, strained bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.until, g.strained
}

// judge says whether the call is to be made again. While the hub asks for patience only the call that went ahead tells
// that it is over: others were under way before.
func (g *Gate) judge(err error, ahead bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch now := time.Now(); {
	case err == nil:
		g.worked = true
		if ahead {
			g.calm()
		}
		return false
	case !g.o.Again(err, g.worked):
		return false
	case !g.strained:
		g.strained, g.since = true, now
		g.hold(now, err)
	case now.Sub(g.since) > g.o.Patience:
		return false
	case !now.Before(g.until): // otherwise it was under way when another one was refused
		g.hold(now, err)
	}
	return true
}

// Passing holds of a hub that is throttled or not available, and of a connection that is lost and was there before. It is
// for calls that may be made twice.
func Passing(err error, worked bool) bool {
	var refusal *hub.Error
	var answer *hub.AnswerError
	switch {
	case errors.As(err, &refusal):
		return errors.Is(err, hub.ErrThrottled) || errors.Is(err, hub.ErrUnavailable)
	case errors.As(err, &answer):
		return false
	}
	return worked
}

func (g *Gate) calm() {
	if !g.strained {
		return
	}
	g.strained = false
	g.waits.Reset()
	g.o.Waiting(time.Time{}, nil)
}

// hold sets when to ask again: as the hub says, with up to a tenth more, since other programs may have been told the same.
func (g *Gate) hold(now time.Time, err error) {
	wait := g.waits.NextBackOff()
	var refusal *hub.Error
	if errors.As(err, &refusal) && refusal.RetryAfter > 0 {
		wait = refusal.RetryAfter + time.Duration(rand.Int64N(int64(refusal.RetryAfter)/10+1))
	}
	g.until = now.Add(wait)
	g.o.Waiting(g.until, err)
}
