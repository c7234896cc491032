package device

import (
	"time"

	"github.com/cenkalti/backoff/v5"
)

// heldAfter is how long a connection must last to be called one that holds. Two programs with the
// same identity throw each other off at once, again and again: a connection that was merely accepted
// does not begin the waits anew.
const heldAfter = 10 * time.Second

// retry counts tries and spaces them.
type retry struct {
	soon, lasting *backoff.ExponentialBackOff
	tries         int
	reason        error
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

// served begins anew after a connection that held, or that was ended on purpose.
func (r *retry) served(lasted time.Duration, err error) {
	if err != nil && lasted < heldAfter {
		return
	}
	r.tries, r.reason = 0, nil
	r.soon.Reset()
	r.lasting.Reset()
}
