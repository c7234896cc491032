package amqp

import (
	"context"

	"hubscope/hub/localhub/core"
)

// sendNode is messages/devicebound: services send cloud-to-device messages to
// it (protocol 6.3).
type sendNode struct{ srv *Server }

// c2dLimit has room for sections that do not count against the 64 KB of a
// message, which the hub checks.
const c2dLimit = 128 << 10

func (n *sendNode) source(s *sender) error {
	return fault(condNotAllowed, "Messages are sent to '%s', a device reads them at its own address.", s.address.text)
}

func (n *sendNode) target(r *receiver) error {
	if err := r.authorize(core.ServiceConnect, r.address.path()); err != nil {
		return err
	}
	r.limit, r.lenient = c2dLimit, true
	r.work = func(ctx context.Context, d *delivery) { d.settleWith(n.send(ctx, r.s.c, d)) }
	return nil
}

func (n *sendNode) send(ctx context.Context, c *conn, d *delivery) error {
	m, err := readMessage(d.payload)
	if err != nil {
		return err
	}
	id, message, err := deviceBound(m, propertyNames(m, d.payload))
	if err != nil {
		return err
	}
	if err := n.srv.hub.Ask(ctx, c.act(core.OpC2D, id, len(message.Body))); err != nil {
		return err
	}
	return n.srv.hub.SendC2D(ctx, id, message)
}

// deviceBoundNode is devices/{id}[/modules/{mid}]/messages/devicebound as a
// source: the cloud-to-device messages of a device or module (protocol 5.1).
type deviceBoundNode struct{ srv *Server }

func (n *deviceBoundNode) target(r *receiver) error {
	return fault(condNotAllowed, "Messages to a device are sent to '/messages/devicebound'.")
}

func (n *deviceBoundNode) source(s *sender) error {
	d, err := s.enter()
	if err != nil {
		return err
	}
	d.c2d.take(s)
	sendFrom(s, queue{
		lock: func() (locked, bool, error) { return n.lock(d) },
		settle: func(ctx context.Context, token string, o core.Outcome) error {
			return n.srv.hub.SettleC2D(ctx, d.id, token, o)
		},
		watch: func(fn func()) func() {
			d.c2d.with(s, func() { d.session.OnC2D(fn) })
			return func() { d.c2d.leave(s, func() { d.session.OnC2D(nil) }) }
		},
	})
	return nil
}

func (n *deviceBoundNode) lock(d *presence) (locked, bool, error) {
	m, ok, err := n.srv.hub.LockC2D(d.id)
	if err != nil || !ok {
		return locked{}, false, err
	}
	d.session.Touch()
	payload, err := boundMessage(m)
	return locked{m.LockToken, payload}, true, err
}
