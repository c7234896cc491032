package amqp

import "hubscope/hub/localhub/amqp/frame"

// pushLocked queues the frames of as many messages as credit, the session's
// window and the write buffer allow, and returns how many have gone out whole.
// The caller has them written. A message may have gone out in part; then it
// must be the first of the next call. When the buffer was the limit, flush wakes
// the link.
func (s *sender) pushLocked(messages [][]byte, done func(frame.State)) int {
	for i, m := range messages {
		if s.offset == 0 && s.credit == 0 {
			return i
		}
		if !s.pushOneLocked(m, done) {
			return i
		}
	}
	return len(messages)
}

// pushOneLocked queues what is left of one message, and tells whether that was
// all of it. Each message takes a credit, each frame a place in the window.
func (s *sender) pushOneLocked(m []byte, done func(frame.State)) bool {
	c := s.s.c
	for {
		if s.s.remoteWindow == 0 {
			return false
		}
		if len(c.out) > outLimit {
			s.awaitRoomLocked()
			return false
		}
		if s.offset == 0 {
			s.beginLocked(done)
		}
		if s.pushFrameLocked(m) {
			s.offset = 0
			return true
		}
	}
}

// awaitRoomLocked has the writer wake the link when it has written.
func (s *sender) awaitRoomLocked() {
	if !s.queued {
		s.queued = true
		s.s.c.waiting = append(s.s.c.waiting, s)
	}
}

// beginLocked takes credit and a delivery-id.
func (s *sender) beginLocked(done func(frame.State)) {
	s.active = true
	s.credit--
	s.count++
	s.id = s.s.nextDelivery
	s.s.nextDelivery++
	if done == nil {
		return
	}
	if s.s.unsettled == nil {
		s.s.unsettled = map[uint32]unsettled{}
	}
	s.s.unsettled[s.id] = unsettled{link: s.link, done: done}
}

// pushFrameLocked queues one transfer and tells whether it was the last of m.
func (s *sender) pushFrameLocked(m []byte) bool {
	c := s.s.c
	part, more := m[s.offset:], false
	if room := c.maxFrame - frame.TransferOverhead - len(s.tag); len(part) > room {
		part, more = part[:room], true
	}
	_, wanted := s.s.unsettled[s.id]
	settled := !wanted && s.asked.SenderSettleMode.Or(frame.SenderSettled) != frame.SenderUnsettled
	switch {
	case c.closing:
	case s.tag != nil && s.offset == 0:
		c.out = frame.Append(c.out, frame.KindAMQP, s.s.channel, &frame.Transfer{
			Handle: s.handle, DeliveryID: frame.Some(s.id), DeliveryTag: s.tag,
			MessageFormat: frame.Some(uint32(0)), Settled: settled, More: more,
		}, part)
	default:
		c.out = frame.AppendTransfer(c.out, s.s.channel, s.handle, s.id, s.offset == 0, settled, more, part)
	}
	s.s.nextOutgoing++
	s.s.remoteWindow--
	s.offset += len(part)
	return !more
}
