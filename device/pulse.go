package device

import (
	"errors"
	"time"
)

// pingTime is how long the hub may take to say anything at all after a ping.
const pingTime = 10 * time.Second

var (
	errSilent = errors.New("the hub did not answer a ping")
	ping      = []byte{0xC0, 0}
)

// pulse keeps a link alive. It pings when nothing was written, or nothing was heard, for the time of
// keep-alive, and finds the link dead when nothing is heard after a ping. It belongs to the goroutine that writes.
type pulse struct {
	every time.Duration
	timer *time.Timer

	written time.Time // when something was written the last time
	heard   uint64    // wire.heard when the timer was set
	pinged  bool      // and nothing was heard since
}

func newPulse(every time.Duration) *pulse {
	return &pulse{every: every, timer: time.NewTimer(every), written: time.Now()}
}

// beat is called when the timer has run. It tells whether to ping, or that the link is dead.
func (p *pulse) beat(now time.Time, heard uint64) (ping bool, err error) {
	silent := heard == p.heard
	p.heard = heard
	if p.pinged && silent {
		return false, errSilent
	}
	p.pinged = false
	idle := now.Sub(p.written)
	if !silent && idle < p.every {
		p.timer.Reset(p.every - idle)
		return false, nil
	}
	p.pinged = true
	p.timer.Reset(min(pingTime, p.every))
	return true, nil
}
