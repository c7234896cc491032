package device

import (
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// heldAfter is how long a connection must last to be called one that holds. Two programs with the
// same identity throw each other off at once, again and again: a connection that was merely accepted
// does not begin the waits anew.
const heldAfter = 10 * time.Second

// A hub that closes so many connections in a row, each within so short a time after it was accepted, has most likely
// let another program take over each time (protocol 4.1). MQTT 3.1.1 has no word for it: the hub just closes.
const (
	takenSoon  = 15 * time.Second // longer than Python waits before it comes back (protocol 10)
	takenOften = 4
)

// retry counts tries and spaces them.
type retry struct {
	soon, lasting *backoff.ExponentialBackOff
	tries         int
	reason        error
	thrownOff     int // connections in a row that the hub closed soon
}

func newRetry(b Backoff) *retry {
	return &retry{
		soon:    exponential(b.Min, b.Max, b.Jitter),
		lasting: exponential(b.LastingMin, b.LastingMax, b.Jitter),
	}
}

func exponential(first, greatest time.Duration, jitter float64) *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval: first, MaxInterval: greatest, Multiplier: 2, RandomizationFactor: jitter,
	}
}

// next is the state to wait in after a try or a connection that ended with err.
func (r *retry) next(err error) State {
	r.tries++
	r.reason = err
	wait := r.soon
	if Lasting(err) {
		wait = r.lasting
	}
	return State{Attempt: r.tries, RetryIn: wait.NextBackOff(), Err: err}
}

// attempt numbers the try that begins now.
func (r *retry) attempt() int { return max(r.tries, 1) }

// judge looks at a connection that was accepted and has ended. It gives the error its suspicion when it is one too many.
func (r *retry) judge(lasted time.Duration, err error) error {
	if !errors.Is(err, ErrHubClosed) || lasted >= takenSoon {
		r.thrownOff = 0
		return err
	}
	r.thrownOff++
	if r.thrownOff < takenOften {
		return err
	}
	return &failure{ErrTakenOver, fmt.Errorf("%w, %d times in a row right after it was made", err, r.thrownOff)}
}

// served begins anew after a connection that held, or that was ended on purpose.
func (r *retry) served(lasted time.Duration, err error) {
	if err != nil && lasted < heldAfter {
		return
	}
	r.tries, r.reason = 0, nil
	r.soon.Reset()
	r.lasting.Reset()
}
