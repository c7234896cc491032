package amqp

import "time"

// alarm is a timer that is made when it is first needed: most connections of a
// large hub never need one.
type alarm struct{ timer *time.Timer }

func (a *alarm) set(d time.Duration) {
	switch {
	case d <= 0:
		a.stop()
	case a.timer == nil:
		a.timer = time.NewTimer(d)
	default:
		a.timer.Reset(d)
	}
}

func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}

func (a *alarm) c() <-chan time.Time {
	if a.timer == nil {
		return nil
	}
	return a.timer.C
}
