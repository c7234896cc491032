package amqp

import (
	"fmt"

	"hubscope/hub/localhub/amqp/frame"
)

// onFrame handles one frame. Only errors of the connection are returned; those
// of a session or a link end that alone.
func (c *conn) onFrame(f frame.Frame) error {
	if f.Kind != frame.KindAMQP {
		return &frame.MalformedError{Reason: fmt.Sprintf("frame type %d", f.Kind)}
	}
	if len(f.Body) == 0 {
		return nil // heartbeat
	}
	p, payload, err := frame.Decode(f.Body)
	if err != nil {
		return err
	}
	if open, ok := p.(*frame.Open); ok {
		return c.onOpen(open)
	}
	if !c.opened {
		return &frame.MalformedError{Reason: "frame before open"}
	}
	switch p := p.(type) {
	case *frame.Begin:
		return c.onBegin(f.Channel, p)
	case *frame.End:
		return c.onEnd(f.Channel)
	case *frame.Close:
		c.send(0, &frame.Close{})
		return errClosed
	}
	s, err := c.session(f.Channel)
	if err != nil || s == nil {
		return err
	}
	if err := s.handle(p, payload); err != nil {
		s.end(asFault(err))
	}
	return nil
}

// session returns the session of a channel; nil when it is ending and frames
// on it do not count.
func (c *conn) session(channel uint16) (*session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.sessions[channel]
	if !ok {
		return nil, fault(condNotAllowed, "Channel %d has no session.", channel)
	}
	if s.ending {
		return nil, nil
	}
	return s, nil
}

// handle gives a performative to the session. An error ends the session.
func (s *session) handle(p frame.Performative, payload []byte) error {
	switch p := p.(type) {
	case *frame.Attach:
		return s.onAttach(p)
	case *frame.Flow:
		s.onFlow(p)
		return nil
	case *frame.Transfer:
		return s.onTransfer(p, payload)
	case *frame.Disposition:
		return s.onDisposition(p)
	case *frame.Detach:
		s.onDetach(p)
		return nil
	}
	return fault(condNotAllowed, "Unexpected performative %T.", p)
}
