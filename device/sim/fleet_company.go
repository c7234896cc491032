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
	confirmed meter

	mu    sync.Mutex
	quota purse // guarded by mu
}

func newCompany(m Manners) *company {
	return &company{
		pace: rate.NewLimiter(limitOf(m.MessagesPerSecond), burstOf(m.MessagesPerSecond)), connects: newConnects(m),
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
	if c.pace.Limit() == rate.Inf {
		return 0
	}
	return c.pace.ReserveN(now, 1).DelayFrom(now)
}

// spend implements gate.
func (c *company) spend(m *device.Message, now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.quota.spend(m, now)
}
