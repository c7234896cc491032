package amqp

import (
	"context"

	"hubscope/hub/localhub/amqp/frame"
)

// receiver is a link on which the hub receives. Fields that a node does not set
// are guarded by the connection's mutex.
type receiver struct {
	*link

	// message is set by the node and called for each message, on the goroutine
	// that reads the connection: it must not block for long. It must have the
	// delivery settled, then or later.
	message func(d *delivery)
	// work is set by a node instead of message when a message may take long: it
	// is called on a goroutine of the link, for one message after the other,
	// until ctx ends with the link.
	work func(ctx context.Context, d *delivery)
	// window is set by the node: how many messages may be unsettled.
	// Default 100.
	window uint32
	// limit is set by the node: bytes of a message. Default max-message-size.
	limit int
	// lenient is set by a node that has a message above the limit refused; else
	// it costs the link.
	lenient bool

	queue    chan *delivery // to work; never full, since credit bounds it
	credit   uint32
	count    uint32 // delivery-count
	inflight uint32 // messages that the node has not settled
	partial  *delivery
}

// delivery is a message from the peer.
type delivery struct {
	// payload is the encoded message. It belongs to the node.
	payload []byte

	// format is the message-format of the transfer; 0 is a plain message.
	format uint32

	r       *receiver
	id      uint32
	large   bool // above the limit: the payload was dropped
	settled bool // by the peer
}

const defaultWindow = 100

func newReceiver(l *link) *receiver {
	return &receiver{link: l, window: defaultWindow, limit: maxMessage}
}

// start grants the first credit; nothing can be sent before (8.3).
func (r *receiver) start() {
	if r.work != nil {
		r.startWork()
	}
	r.credit = r.window
	r.tellLocked()
}

// startWork gives the link its goroutine.
func (r *receiver) startWork() {
	r.queue = make(chan *delivery, r.window)
	r.message = func(d *delivery) { r.queue <- d }
	r.s.c.work.Go(func() {
		for {
			select {
			case d := <-r.queue:
				r.work(r.ctx, d)
			case <-r.ctx.Done():
				return
			}
		}
	})
}

func (r *receiver) tellLocked() {
	r.s.sendFlowLocked(func(f *frame.Flow) {
		f.Handle = frame.Some(r.handle)
		f.DeliveryCount = frame.Some(r.count)
		f.LinkCredit = frame.Some(r.credit)
	})
}

func (r *receiver) dropLocked() []func() {
	r.forgetLocked()
	return nil
}

// onFlow answers an echo; the credit of this link is ours to give.
func (r *receiver) onFlow(f *frame.Flow) {
	if f.Echo && !r.detached {
		r.tellLocked()
	}
}

// onTransfer takes a transfer. An error ends the session.
func (s *session) onTransfer(t *frame.Transfer, payload []byte) error {
	d, reason, err := s.collect(t, payload)
	if err != nil {
		return err
	}
	if reason != nil {
		d.r.fail(reason)
		return nil
	}
	switch {
	case d == nil:
	case d.large:
		d.reject(fault(condTooLarge, "The message exceeds the limit of %d bytes.", d.r.limit))
	default:
		d.r.message(d)
	}
	return nil
}

// collect joins the transfers of a message and returns it when it is whole. A
// reason ends the link of the delivery that comes with it.
func (s *session) collect(t *frame.Transfer, payload []byte) (d *delivery, reason *frame.Error, err error) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	if err := s.takeTransferLocked(); err != nil {
		return nil, nil, err
	}
	e, ok := s.links[t.Handle]
	if !ok {
		return nil, nil, fault(condUnattached, "Handle %d is not attached.", t.Handle)
	}
	r, ok := e.(*receiver)
	if !ok {
		return nil, nil, fault(condNotAllowed, "Transfer on a link of which the peer is the receiver.")
	}
	if r.detached {
		return nil, nil, nil
	}
	r.active = true
	d, reason = r.collectLocked(t, payload)
	if reason != nil {
		d = &delivery{r: r}
	}
	return d, reason, nil
}

func (r *receiver) collectLocked(t *frame.Transfer, payload []byte) (*delivery, *frame.Error) {
	if r.partial == nil {
		if !t.DeliveryID.Set {
			return nil, fault(condNotAllowed, "The first transfer of a delivery has no delivery-id.")
		}
		if r.credit == 0 {
			return nil, fault(condTransferLimit, "A message without link-credit.")
		}
		r.credit--
		r.count++
		r.partial = &delivery{r: r, id: t.DeliveryID.Value, format: t.MessageFormat.Value}
	}
	d := r.partial
	d.settled = d.settled || t.Settled
	if t.Aborted {
		r.forgetLocked()
		r.refillLocked()
		return nil, nil
	}
	if reason := r.joinLocked(d, payload); reason != nil {
		return nil, reason
	}
	if t.More {
		return nil, nil
	}
	r.forgetLocked()
	r.inflight++
	return d, nil
}

// joinLocked appends a part to a message, up to the limits.
func (r *receiver) joinLocked(d *delivery, part []byte) *frame.Error {
	if d.large {
		return nil
	}
	if len(d.payload)+len(part) > r.limit {
		if !r.lenient {
			return fault(condTooLarge, "The message exceeds the limit of %d bytes.", r.limit)
		}
		r.s.c.partial -= len(d.payload)
		d.large, d.payload = true, nil
		return nil
	}
	r.s.c.partial += len(part)
	if r.s.c.partial > maxPartial {
		return fault(condLimit, "Unfinished messages of more than %d bytes.", maxPartial)
	}
	d.payload = append(d.payload, part...)
	return nil
}

// forgetLocked ends the message that is being joined.
func (r *receiver) forgetLocked() {
	if r.partial != nil {
		r.s.c.partial -= len(r.partial.payload)
		r.partial = nil
	}
}

// refillLocked grants credit again when half of it is used.
func (r *receiver) refillLocked() {
	if r.credit+r.inflight > r.window/2 {
		return
	}
	r.credit = r.window - r.inflight
	r.tellLocked()
}

// settle tells the peer the outcome of a delivery and settles it, also when
// the peer attached with rcv-settle-mode second (9, settlement by the server):
// uAMQP, which C and Python services use, asks for second and waits for a
// settled disposition for ever. It may be called from any goroutine, once, also
// when the link has ended.
func (d *delivery) settle(state frame.State) {
	r := d.r
	r.s.c.mu.Lock()
	defer r.s.c.mu.Unlock()
	r.inflight--
	if r.detached {
		return
	}
	if !d.settled {
		r.s.c.sendLocked(r.s.channel, &frame.Disposition{
			Receiver: true, First: d.id, Last: d.id, Settled: true, State: state,
		})
	}
	r.refillLocked()
}

// accept and reject settle with the two usual outcomes.
func (d *delivery) accept()          { d.settle(frame.Accepted{}) }
func (d *delivery) reject(err error) { d.settle(frame.Rejected{Error: asFault(err)}) }
