package sim

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"hubscope/device"
)

// company is what the devices of a fleet have in common. It is the gate of their messages.
type company struct {
	pace      *rate.Limiter // of messages
	connects  *connects
	throttle  *throttle
	confirmed meter

	mu    sync.Mutex
	quota purse // guarded by mu
}

func newCompany(m Manners) *company {
	return &company{
		pace: rate.NewLimiter(limitOf(m.MessagesPerSecond), burstOf(m.MessagesPerSecond)), connects: newConnects(m), throttle: newThrottle(),
		quota: purse{quota: m.Quota.withDefaults()},
	}
}

// limitOf is the limit of a rate of which 0 is none.
func limitOf(perSecond float64) rate.Limit {
	if perSecond <= 0 {
		return rate.Inf
	}
	return rate.Limit(perSecond)
}

// burstOf is how much may come at once: a hundredth of a second of it, which timers can keep.
func burstOf(perSecond float64) int { return max(1, int(perSecond/100)) }

// admit implements gate: the place in the queue is taken, and is worth a wait.
func (c *company) admit(now time.Time) time.Duration {
	wait := c.throttle.admit(now)
	if c.pace.Limit() == rate.Inf {
		return wait
	}
	return max(wait, c.pace.ReserveN(now, 1).DelayFrom(now))
}

// spend implements gate.
func (c *company) spend(m *device.Message, now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.quota.spend(m, now); err != nil {
		return err
	}
	c.throttle.onSent(now)
	return nil
}

// closed implements gate.
func (c *company) closed(s *Simulated, waiting bool, now time.Time) {
	c.throttle.onClosed(s, waiting, now)
}

// strained implements gate.
func (c *company) strained() bool { return c.throttle.strained() }
