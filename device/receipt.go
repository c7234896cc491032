package device

import (
	"sync/atomic"
	"time"
)

// Receipt follows one message from [Client.Send] to its end: confirmed by the hub (PUBACK) or failed.
// It is safe for concurrent use.
type Receipt struct {
	// MessageID is the message's own id; may be empty.
	MessageID string
	// Tag is the message's Tag, for the sender's own bookkeeping.
	Tag any
	// Accepted is when Send took the message.
	Accepted time.Time

	done      chan struct{}
	err       error         // written before done is closed
	roundTrip time.Duration // likewise
	sends     atomic.Int32
}

// Done is closed when the message is confirmed or has failed.
func (r *Receipt) Done() <-chan struct{} { return r.done }

// Err is nil while the message is on its way and when it was confirmed, else why it failed:
// [ErrMessageTimeout] or [ErrClosed].
func (r *Receipt) Err() error {
	if !r.isDone() {
		return nil
	}
	return r.err
}

// RoundTrip is the time from writing the message, the last time if it was written more than once, to
// its confirmation; 0 unless confirmed.
func (r *Receipt) RoundTrip() time.Duration {
	if !r.isDone() {
		return 0
	}
	return r.roundTrip
}

// Sends is how many times the message was written to a connection so far.
func (r *Receipt) Sends() int { return int(r.sends.Load()) }

func (r *Receipt) isDone() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}
