package c2d

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/Azure/go-amqp"
	"github.com/cenkalti/backoff/v5"
	"github.com/google/uuid"

	"hubscope/hub"
	"hubscope/hub/events"
)

// ErrClosed says that the sender was closed.
var ErrClosed = errors.New("the sender of cloud-to-device messages is closed")

// Receipt is what is known of a message that the hub has.
type Receipt struct {
	// MessageID is that of the message, made when it had none.
	MessageID string
	// Expiry is when the hub gives the message up; zero: when it does by itself.
	Expiry time.Time
	// Took is how long the sending took, a connection that had to be made first included.
	Took time.Duration
}

// The times of a sender, where the options say nothing.
const (
	defaultIdle    = time.Minute
	defaultTimeout = 15 * time.Second
	firstWait      = 500 * time.Millisecond
	longestWait    = 8 * time.Second
	// tries is how often a message is begun to be sent before the connection is given up.
	tries = 4
)

// Sender sends cloud-to-device messages on one connection, which is made when it is needed, mended when it is lost and
// closed when it was not used for a minute. Where port 5671 is blocked it sends over WebSocket on 443. Its
// methods may be called concurrently.
type Sender struct {
	o       events.Options
	timeout time.Duration
	log     *slog.Logger
	lines   *lines
}

// New makes a sender, which connects to nothing yet. Of the options Service is required; what they say of reading is
// not used. Call [Sender.Close] in the end.
func New(o events.Options) (*Sender, error) {
	if o.Service.HostName == "" {
		return nil, hub.ErrNoService
	}
	s := &Sender{o: o, timeout: o.Timeout, log: o.Logger}
	if s.timeout <= 0 {
		s.timeout = defaultTimeout
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.lines = newLines(o, s.timeout)
	return s, nil
}

// Close ends the connection, and with it what is still being sent. It takes a few seconds at most.
func (s *Sender) Close() { s.lines.close() }

// Send gives a message to the hub, which queues it for its device, connected or not (protocol 6.3).
//
// What no hub takes is said before anything is sent ([*FieldError]). The hub's refusals are of type [*hub.Error]:
// [hub.ErrNotFound] for an unknown device or module, [hub.ErrForbidden] for a full queue
// (DeviceMaximumQueueDepthExceeded, 403004) among others, [hub.ErrUnauthorized], [hub.ErrThrottled]. All else is an
// [*Error]; one with [ErrUnknownOutcome] is about a message that the hub may have. Only what surely was not sent is tried
// again.
func (s *Sender) Send(ctx context.Context, to To, m Message) (Receipt, error) {
	began := time.Now()
	if err := m.Check(to, began); err != nil {
		return Receipt{}, err
	}
	if m.MessageID == "" {
		m.MessageID = uuid.NewString()
	}
	if m.TTL > 0 {
		m.Expiry, m.TTL = began.Add(m.TTL), 0
	}
	op := "send a message to " + to.String()
	waits := newWaits(s.o)
	for n := 1; ; n++ {
		err := s.once(ctx, to, &m)
		if err == nil {
			return Receipt{MessageID: m.MessageID, Expiry: m.Expiry, Took: time.Since(began)}, nil
		}
		failed := s.failure(op, to, err)
		var mine *Error
		if n == tries || ctx.Err() != nil || !errors.As(failed, &mine) || !mine.again() {
			return Receipt{}, failed
		}
		wait := waits.NextBackOff()
		s.log.Info("cloud-to-device message not sent yet", "error", err, "next try in", wait)
		if !sleep(ctx, wait) {
			return Receipt{}, failed
		}
	}
}

// again tells whether the message was not sent, and another try may do better.
func (e *Error) again() bool {
	var failed *events.Error
	return !e.Unknown && errors.As(e.Err, &failed) && passing(failed) && !errors.Is(failed, events.ErrTimeout)
}

// failure gives an error of a try its type.
func (s *Sender) failure(op string, to To, err error) error {
	if refused := refusal(err, to); refused != nil {
		refused.Op = op
		return refused
	}
	if refused := refusedKey(err); refused != nil {
		refused.Op = op
		return refused
	}
	var left leftError
	return &Error{Op: op, Unknown: errors.As(err, &left), Err: err}
}

// leftError is about a message that was sent whole and not answered.
type leftError struct{ error }

func (e leftError) Unwrap() error { return e.error }

// once sends the message on the connection that there is, or on a new one.
func (s *Sender) once(ctx context.Context, to To, m *Message) error {
	l, err := s.lines.take(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	good, err := l.send(ctx, m.wire(to))
	s.lines.giveBack(l, good)
	return err
}

// send tells whether the connection is still good, and what came of the message.
func (l *line) send(ctx context.Context, m *amqp.Message) (good bool, err error) {
	receipt, err := l.sender.SendWithReceipt(ctx, m, nil)
	if err != nil {
		return false, l.failed(ctx, err)
	}
	state, err := receipt.Wait(ctx)
	if err != nil {
		// A hub that says why it ends the link has refused the message.
		if refusal(err, To{}) != nil {
			return false, err
		}
		return false, leftError{l.failed(ctx, err)}
	}
	switch state := state.(type) {
	case *amqp.StateAccepted:
		return true, nil
	case *amqp.StateRejected:
		if state.Error != nil {
			return true, state.Error
		}
		return true, errors.New("the hub rejected it and did not say why")
	}
	return true, fmt.Errorf("the hub did not take it (%T)", state)
}

// failed is why the connection did not do, in words.
func (l *line) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if refusal(err, To{}) != nil {
		return err
	}
	return l.conn.Explain(err)
}

func newWaits(o events.Options) *backoff.ExponentialBackOff {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval = firstWait, longestWait
	if o.RetryMin > 0 {
		waits.InitialInterval = o.RetryMin
	}
	if o.RetryMax > 0 {
		waits.MaxInterval = o.RetryMax
	}
	waits.Multiplier = 2
	waits.Reset()
	return waits
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
