package hub

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Retry says how calls are tried again. Throttling (429) and unavailability (503) are
// tried again for every call, failures of the connection and 500, 502 and 504 for calls
// that may safely run twice. What cannot get better (a name that does not
// exist, an untrusted certificate, a port where nothing listens) is not tried again.
type Retry struct {
	// Tries bounds the tries of one call, the first included. Default 6; 1: never again.
	Tries uint
	// ConnectionTries bounds those after failures of the connection. Default 3.
	ConnectionTries uint
	// Initial is the first wait; each next one doubles, up to Max, with a jitter of a
	// half. Defaults 500 ms and 20 s. A Retry-After of the service is waited for instead; one that ends after
	// the call's context ends the call at once.
	Initial, Max time.Duration
	// Total bounds a call with its waits. A longer Retry-After ends it at once. Default 2 minutes.
	Total time.Duration
	// Notify is told of each wait before it starts. It must not block.
	Notify func(ctx context.Context, n RetryNotice)
}

// RetryNotice says why and when a call is tried again.
type RetryNotice struct {
	Op  string
	Err error
	// Try is the number of the try that failed, from 1.
	Try int
	// In is the wait before the next one.
	In time.Duration
}

func (r Retry) withDefaults() Retry {
	if r.Tries == 0 {
		r.Tries = 6
	}
	if r.ConnectionTries == 0 {
		r.ConnectionTries = 3
	}
	if r.Initial <= 0 {
		r.Initial = 500 * time.Millisecond
	}
	if r.Max <= 0 {
		r.Max = 20 * time.Second
	}
	if r.Total <= 0 {
		r.Total = 2 * time.Minute
	}
	return r
}

type onceKey struct{}

// TryOnce makes the calls of a context be tried once, whatever the [Retry] of the client says: for work of many calls
// that wait together, at a pace.Gate.
func TryOnce(ctx context.Context) context.Context { return context.WithValue(ctx, onceKey{}, true) }

func (r Retry) tries(ctx context.Context) uint {
	if once, _ := ctx.Value(onceKey{}).(bool); once {
		return 1
	}
	return r.Tries
}

func (c *Client) withRetry(ctx context.Context, k call, try func() (http.Header, error)) (http.Header, error) {
	schedule := backoff.NewExponentialBackOff()
	schedule.InitialInterval, schedule.MaxInterval, schedule.Multiplier = c.retry.Initial, c.retry.Max, 2
	tries, last := 0, error(nil)
	header, err := backoff.Retry(ctx, func() (http.Header, error) {
		tries++
		header, err := try()
		if err == nil {
			return header, nil
		}
		if c.doneBefore(k, tries, err) {
			return header, nil
		}
		last = err
		return nil, inTime(ctx, c.judge(k, tries, err))
	},
		backoff.WithBackOff(schedule),
		backoff.WithMaxTries(c.retry.tries(ctx)),
		backoff.WithMaxElapsedTime(c.retry.Total),
		backoff.WithNotify(func(_ error, in time.Duration) { c.notify(ctx, RetryNotice{k.op, last, tries, in}) }),
	)
	if err == nil {
		return header, nil
	}
	if ctx.Err() != nil && !errors.Is(last, ctx.Err()) {
		return nil, &interrupted{last: last, cause: context.Cause(ctx)}
	}
	return nil, last
}

// doneBefore says whether a refusal means that an earlier try, of which no answer
// came, has done the work: a device that is gone when it is deleted again.
func (c *Client) doneBefore(k call, tries int, err error) bool {
	return tries > 1 && k.method == http.MethodDelete && k.idempotent && errors.Is(err, ErrNotFound)
}

// judge marks the error of a try for the retry loop: final, or to be tried again.
func (c *Client) judge(k call, tries int, err error) error {
	var refusal *Error
	if errors.As(err, &refusal) {
		switch refusal.Status {
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			return retryAfter(refusal)
		case http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
			if k.idempotent {
				return retryAfter(refusal)
			}
		}
		return backoff.Permanent(err)
	}
	var connection *callError
	if errors.As(err, &connection) && k.idempotent && tries < int(c.retry.ConnectionTries) && mayPass(err) {
		return err
	}
	return backoff.Permanent(err)
}

// inTime gives up at once when the service asks for a longer wait than the caller has time for: its words are
// better than those of a time-out.
func inTime(ctx context.Context, err error) error {
	var wait *backoff.RetryAfterError
	end, limited := ctx.Deadline()
	if limited && errors.As(err, &wait) && time.Until(end) < wait.Duration {
		return backoff.Permanent(err)
	}
	return err
}

// retryAfter carries the wait that the service asked for, and up to a tenth more, so
// that the clients which it refused together do not come back together.
func retryAfter(e *Error) error {
	if e.RetryAfter <= 0 {
		return e
	}
	return &backoff.RetryAfterError{Duration: e.RetryAfter + time.Duration(rand.Int64N(int64(e.RetryAfter)/10+1))}
}

func (c *Client) notify(ctx context.Context, n RetryNotice) {
	c.log.WarnContext(ctx, "trying again", "op", n.Op, "try", n.Try, "in", n.In, "err", n.Err)
	if c.retry.Notify != nil {
		c.retry.Notify(ctx, n)
	}
}

// interrupted is what a call gives whose context ended while it waited to try again: both
// reasons can be asked for.
type interrupted struct{ last, cause error }

func (e *interrupted) Error() string   { return fmt.Sprintf("%v (then %v)", e.last, e.cause) }
func (e *interrupted) Unwrap() []error { return []error{e.cause, e.last} }
