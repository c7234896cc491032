package amqp

import (
	"context"
	"errors"
	"time"

	"hubscope/hub/localhub/amqp/frame"
)

// sender is a link on which the hub sends. Fields that a node does not set are
// guarded by the connection's mutex.
type sender struct {
	*link

	// run is set by a node that sends on its own account. It has a goroutine
	// from the attach until its context ends; an error detaches the link.
	run func(ctx context.Context) error

	// offered is set by a node: the capabilities that the attach tells.
	offered []frame.Symbol

	// unsettled is set by a node that wants outcomes: the attach tells that
	// deliveries come unsettled, unless the peer asked otherwise.
	unsettled bool

	wake   chan struct{} // credit, window or room has come, or the link ended
	credit uint32
	count  uint32 // delivery-count
	drain  bool
	onWait context.CancelFunc // interrupts a wait for messages, to drain

	queued  bool     // in c.waiting
	replies [][]byte // wait for credit; used by nodes without run
	offset  int      // what has gone out of the first message waiting
	id      uint32   // delivery-id of a message that has partly gone out
	tag     []byte   // delivery-tag of the message that goes out; nil = its id
}

// errDetached ends the sending on a link that has ended.
var errDetached = errors.New("the link is detached")

func newSender(l *link) *sender { return &sender{link: l, wake: make(chan struct{}, 1)} }

// start runs the node's goroutine; the mutex is held.
func (s *sender) start() {
	if s.run == nil {
		return
	}
	s.s.c.work.Go(func() {
		if err := s.run(s.ctx); err != nil && s.ctx.Err() == nil {
			s.fail(asFault(err))
		}
	})
}

// dropLocked wakes who waits for credit, and ends the unsettled deliveries.
func (s *sender) dropLocked() []func() {
	signal(s.wake)
	s.replies = nil
	var release []func()
	for id, u := range s.s.unsettled {
		if u.link == s.link {
			delete(s.s.unsettled, id)
			release = append(release, func() { u.done(frame.Released{}) })
		}
	}
	return release
}

// onFlow takes the peer's credit; the mutex is held (protocol 7.8).
func (s *sender) onFlow(f *frame.Flow) {
	if s.detached {
		return
	}
	if f.LinkCredit.Set {
		s.credit = remaining(f.DeliveryCount.Or(0), f.LinkCredit.Value, s.count)
	}
	s.drain = f.Drain
	s.flushLocked()
	if s.drain && s.run == nil {
		s.drainedLocked()
	} else if s.drain && s.onWait != nil {
		s.onWait()
	}
	if f.Echo {
		s.tellLocked()
	}
}

// drainedLocked uses up the credit that is left, as drain asks for.
func (s *sender) drainedLocked() {
	s.drain = false
	s.count += s.credit
	s.credit = 0
	s.s.sendFlowLocked(func(f *frame.Flow) {
		s.describeLocked(f)
		f.Drain = true
	})
}

func (s *sender) tellLocked() { s.s.sendFlowLocked(s.describeLocked) }

func (s *sender) describeLocked(f *frame.Flow) {
	f.Handle = frame.Some(s.handle)
	f.DeliveryCount = frame.Some(s.count)
	f.LinkCredit = frame.Some(s.credit)
	f.Available = frame.Some(uint32(len(s.replies)))
}

// flushLocked sends the replies that credit allows, and wakes run.
func (s *sender) flushLocked() {
	if len(s.replies) > 0 {
		sent := s.pushLocked(s.replies, nil)
		s.replies = s.replies[sent:]
		s.s.c.wakeWriter()
	}
	signal(s.wake)
}

// reply sends one message, at once or when credit comes. It never blocks; a
// peer that takes no replies loses the link.
func (s *sender) reply(payload []byte) {
	s.s.c.mu.Lock()
	if s.detached {
		s.s.c.mu.Unlock()
		return
	}
	s.replies = append(s.replies, payload)
	s.flushLocked()
	if len(s.replies) > maxReplies {
		s.s.c.overfull = append(s.s.c.overfull, s)
		s.s.c.wakeWriter()
	}
	s.s.c.mu.Unlock()
}

// failOverfull ends the links whose peer takes no replies. The writer does so,
// since who replies may be in a call of the hub, which the end of a link calls.
func (c *conn) failOverfull() {
	c.mu.Lock()
	overfull := c.overfull
	c.overfull = nil
	c.mu.Unlock()
	for _, s := range overfull {
		s.fail(fault(condLimit, "More than %d replies wait for link-credit.", maxReplies))
	}
}

// waitCredit waits until the peer wants messages and returns how many.
func (s *sender) waitCredit(ctx context.Context) (int, error) {
	for {
		s.s.c.mu.Lock()
		credit, detached := s.credit, s.detached
		if s.drain && credit == 0 {
			s.drainedLocked()
		}
		s.s.c.mu.Unlock()
		if detached {
			return 0, errDetached
		}
		if credit > 0 {
			return int(credit), nil
		}
		if err := s.wait(ctx); err != nil {
			return 0, err
		}
	}
}

func (s *sender) wait(ctx context.Context) error {
	select {
	case <-s.wake:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// deliver sends messages, each when credit, window and the socket allow, and
// returns when all are queued. done, when not nil, makes each delivery
// unsettled (unless the peer asked for settled ones) and gets its outcome; it
// is called once and must not block. For run's goroutine only.
func (s *sender) deliver(ctx context.Context, messages [][]byte, done func(frame.State)) error {
	for len(messages) > 0 {
		s.s.c.mu.Lock()
		if s.detached {
			s.s.c.mu.Unlock()
			return errDetached
		}
		sent := s.pushLocked(messages, done)
		s.s.c.mu.Unlock()
		s.s.c.flush()
		messages = messages[sent:]
		if len(messages) == 0 {
			return nil
		}
		if err := s.wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// hasCredit tells whether the peer wants a message.
func (s *sender) hasCredit() bool {
	s.s.c.mu.Lock()
	defer s.s.c.mu.Unlock()
	return s.credit > 0 && !s.detached
}

// finishDrain ends a drain that the peer asked for: there is no message for the
// credit that is left. Credit that nobody has looked at yet is left alone.
func (s *sender) finishDrain(looked bool) {
	s.s.c.mu.Lock()
	defer s.s.c.mu.Unlock()
	if s.drain && !s.detached && (looked || s.credit == 0) {
		s.drainedLocked()
	}
}

// deliverTagged is deliver for one message with a delivery-tag of its own.
func (s *sender) deliverTagged(ctx context.Context, message, tag []byte, done func(frame.State)) error {
	s.s.c.mu.Lock()
	s.tag = tag
	s.s.c.mu.Unlock()
	return s.deliver(ctx, [][]byte{message}, done)
}

// drainLook is how long a look for messages takes that are there already.
const drainLook = time.Millisecond

// waitFor calls next, which waits for messages and returns how many it has. The
// wait ends when the peer asks to drain: what is there is taken, and when that
// is nothing the credit is used up.
func (s *sender) waitFor(ctx context.Context, next func(context.Context) (int, error)) (int, error) {
	wait, cancel := s.drainable(ctx)
	defer cancel()
	n, err := next(wait)
	s.s.c.mu.Lock()
	defer s.s.c.mu.Unlock()
	s.onWait = nil
	if n > 0 || ctx.Err() != nil || wait.Err() == nil {
		return n, err
	}
	if s.drain {
		s.drainedLocked()
	}
	return 0, nil
}

// drainable makes the context of a wait that a drain ends.
func (s *sender) drainable(ctx context.Context) (context.Context, context.CancelFunc) {
	s.s.c.mu.Lock()
	defer s.s.c.mu.Unlock()
	if s.drain {
		return context.WithTimeout(ctx, drainLook)
	}
	wait, cancel := context.WithCancel(ctx)
	s.onWait = cancel
	return wait, cancel
}
