package sim

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/time/rate"

	"hubscope/device"
)

// What a fleet does when the hub refuses connections for now (CONNACK 3). All devices wait together, from 10 s to 60 s,
// as the Node SDK does when it is throttled (protocol 10), and then come at no more than the rate that every tier takes
// (protocol 9), for at least a minute.
const (
	leastHold    = 10 * time.Second
	greatestHold = 60 * time.Second
	holdJitter   = 0.25
	gentle       = rate.Limit(100)
	gentleFor    = time.Minute
)

// connects lets devices connect, so many in a second, and none while the hub asks for patience. How many connect at a
// time is bounded by package device.
type connects struct {
	limit rate.Limit // as asked for
	pace  *rate.Limiter

	mu       sync.Mutex
	holds    *backoff.ExponentialBackOff
	strained bool      // guarded by mu: refused, and not let in since
	until    time.Time // guarded by mu: nobody connects before
	reason   error     // guarded by mu
	refused  uint64    // guarded by mu: connections, ever
}

func newConnects(m Manners) *connects {
	limit := limitOf(m.ConnectsPerSecond)
	return &connects{
		limit: limit, pace: rate.NewLimiter(limit, burstOf(m.ConnectsPerSecond)),
		holds: &backoff.ExponentialBackOff{
			InitialInterval: leastHold, MaxInterval: greatestHold, Multiplier: 2, RandomizationFactor: holdJitter,
		},
	}
}

// admit is a device.Options.Admit.
func (c *connects) admit(ctx context.Context) error {
	for {
		if err := c.pace.Wait(ctx); err != nil {
			return err
		}
		wait := c.held(time.Now())
		if wait <= 0 {
			return nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}

// held is how much longer nobody may connect.
func (c *connects) held(now time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.until) > gentleFor && c.pace.Limit() != c.limit {
		c.pace.SetLimit(c.limit)
	}
	return c.until.Sub(now)
}

// told learns from the state of a device how the hub is.
func (c *connects) told(st device.State) {
	refused := errors.Is(st.Err, device.ErrUnavailable) && st.RetryIn > 0
	if !refused && st.Phase != device.Connected {
		return
	}
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case refused:
		c.refused++
		if now.Before(c.until) {
			return // one of those that were under way when the first was refused
		}
		c.strained, c.reason = true, st.Err
		c.until = now.Add(c.holds.NextBackOff())
		if c.limit > gentle {
			c.pace.SetLimit(gentle)
		}
	case c.strained && !now.Before(c.until):
		c.strained = false
		c.holds.Reset()
	}
}

// patience is until when nobody may connect, and why; zero when everybody may.
func (c *connects) patience(now time.Time) (time.Time, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !now.Before(c.until) {
		return time.Time{}, nil
	}
	return c.until, c.reason
}
