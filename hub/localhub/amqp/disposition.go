package amqp

import "hubscope/hub/localhub/amqp/frame"

// onDisposition settles deliveries to the peer. An outcome that the peer does
// not settle itself (rcv-settle-mode second) is settled here.
func (s *session) onDisposition(d *frame.Disposition) error {
	if !d.Receiver {
		return nil // of a sender: the hub settles first and has forgotten
	}
	if d.Last-d.First > 1<<31 {
		return fault(condInvalidField, "Disposition from %d to %d.", d.First, d.Last)
	}
	s.c.mu.Lock()
	var done []func(frame.State)
	if d.Settled || frame.Terminal(d.State) {
		done = s.settledLocked(d.First, d.Last)
	}
	if !d.Settled && frame.Terminal(d.State) {
		s.c.sendLocked(s.channel, &frame.Disposition{First: d.First, Last: d.Last, Settled: true, State: d.State})
	}
	s.c.mu.Unlock()
	for _, f := range done {
		f(d.State)
	}
	return nil
}

// settledLocked takes the deliveries of a range out of the unsettled ones. A
// range may be much larger than what is there.
func (s *session) settledLocked(first, last uint32) []func(frame.State) {
	var done []func(frame.State)
	if int(last-first) < len(s.unsettled) {
		for id := first; ; id++ {
			if u, ok := s.unsettled[id]; ok {
				done = append(done, u.done)
				delete(s.unsettled, id)
			}
			if id == last {
				return done
			}
		}
	}
	for id, u := range s.unsettled {
		if id-first <= last-first {
			done = append(done, u.done)
			delete(s.unsettled, id)
		}
	}
	return done
}
