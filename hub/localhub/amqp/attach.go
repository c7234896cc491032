package amqp

import (
	"context"

	"hubscope/hub/localhub/amqp/frame"
)

// onAttach asks the node of the address and answers.
func (s *session) onAttach(a *frame.Attach) error {
	if err := s.checkHandle(a.Handle); err != nil {
		return err
	}
	l := &link{s: s, handle: a.Handle, asked: a}
	l.ctx, l.cancel = context.WithCancel(s.c.ctx)
	if a.Receiver {
		return s.attachSender(l)
	}
	return s.attachReceiver(l)
}

func (s *session) checkHandle(handle uint32) error {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	if _, used := s.links[handle]; used {
		return fault(condHandleInUse, "Handle %d is in use.", handle)
	}
	if s.c.links >= maxLinks {
		return fault(condLimit, "More than %d links on the connection.", maxLinks)
	}
	return nil
}

func (s *session) attachSender(l *link) error {
	snd := newSender(l)
	if l.asked.Source != nil {
		l.address = parseAddress(l.asked.Source.Address)
	}
	l.node = s.c.srv.nodes.find(l.address)
	err := l.node.source(snd)
	mode := frame.SenderSettled
	if snd.unsettled {
		mode = frame.SenderUnsettled
	}
	s.answer(snd, err, &frame.Attach{
		Name:   l.asked.Name,
		Handle: l.handle,
		// Facts 3 and 4: echo what was asked, else say that deliveries come settled.
		SenderSettleMode:     frame.Some(l.asked.SenderSettleMode.Or(mode)),
		ReceiverSettleMode:   l.asked.ReceiverSettleMode,
		Source:               l.asked.Source,
		Target:               l.asked.Target,
		InitialDeliveryCount: frame.Some(uint32(0)),
		Offered:              snd.offered,
		Properties:           l.asked.Properties,
		// No max-message-size: go-amqp would hold events to it, and an event is
		// larger than the body and properties that the D2C limit counts.
	}, snd.start)
	return nil
}

func (s *session) attachReceiver(l *link) error {
	rcv := newReceiver(l)
	if l.asked.Target != nil {
		l.address = parseAddress(l.asked.Target.Address)
	}
	l.node = s.c.srv.nodes.find(l.address)
	err := l.node.target(rcv)
	s.answer(rcv, err, &frame.Attach{
		Name:               l.asked.Name,
		Handle:             l.handle,
		Receiver:           true,
		SenderSettleMode:   l.asked.SenderSettleMode,
		ReceiverSettleMode: l.asked.ReceiverSettleMode,
		Source:             l.asked.Source,
		Target:             l.asked.Target,
		MaxMessageSize:     uint64(rcv.limit),
		Properties:         l.asked.Properties,
	}, rcv.start)
	return nil
}

// answer sends the attach, and then starts the link or refuses it. The attach
// gives the peer's link properties back: the Event Hubs SDK for Python gives up
// on a link that it attached with properties and that has none (7.2). A refusal
// has neither source nor target, or azeventhubs retries in silence (7.7).
func (s *session) answer(e endpoint, refused error, a *frame.Attach, start func()) {
	l, c := e.base(), s.c
	c.mu.Lock()
	if refused == nil && l.doomed != nil {
		refused = l.doomed
	}
	if refused != nil {
		a.Source, a.Target = nil, nil
	}
	s.links[l.handle] = e
	c.links++
	l.attached = true
	c.sendLocked(s.channel, a)
	if refused == nil {
		l.expectIdleLocked()
		start()
		c.mu.Unlock()
		return
	}
	reason := asFault(refused)
	release := l.detachLocked(reason)
	c.mu.Unlock()
	c.log.Debug("AMQP link refused", "address", l.address.text, "reason", reason.Error())
	for _, f := range release {
		f()
	}
}
