package mqtt

import "hubscope/hub/localhub/core"

// maxUnacked bounds the packet identifiers that a session remembers of messages that it was sent and has
// not acknowledged. The hub's queue holds 50 messages, the others have ended without the device.
const maxUnacked = 128

// unacked is a message that was sent and not yet acknowledged.
type unacked struct {
	delivery core.Delivery
	packetID uint16
	again    bool      // it was sent before
	holder   *downlink // whose lock it is; nil when the message was given back
}

// sent notes that a downlink sends a message, and gives it a packet identifier: the one that it had, when
// it was sent before, also on another connection [MQTT-3.3.1-1, MQTT-4.4.0-1].
func (s *session) sent(d core.Delivery, holder *downlink) unacked {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := unacked{delivery: d, holder: holder}
	for id, before := range s.unacked {
		if before.delivery.Sequence == d.Sequence {
			u.packetID, u.again = id, true
		}
	}
	if !u.again {
		u.packetID = s.freePacketID()
	}
	s.unacked[u.packetID] = u
	return u
}

func (s *session) freePacketID() uint16 {
	if s.unacked == nil {
		s.unacked = make(map[uint16]unacked)
	}
	if len(s.unacked) >= maxUnacked {
		delete(s.unacked, s.oldestUnacked())
	}
	for {
		s.packetID++
		if _, taken := s.unacked[s.packetID]; !taken && s.packetID != 0 {
			return s.packetID
		}
	}
}

func (s *session) oldestUnacked() (packetID uint16) {
	var least uint64
	for id, u := range s.unacked {
		if packetID == 0 || u.delivery.Sequence < least {
			packetID, least = id, u.delivery.Sequence
		}
	}
	return packetID
}

// acknowledged gives the message of a packet identifier, once.
func (s *session) acknowledged(packetID uint16) (core.Delivery, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.unacked[packetID]
	delete(s.unacked, packetID)
	return u.delivery, ok
}

// heldBy lists the lock tokens of a downlink that has ended, which it no longer holds. The packet
// identifiers are kept for when the messages come again.
func (s *session) heldBy(d *downlink) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var tokens []string
	for id, u := range s.unacked {
		if u.holder == d {
			tokens = append(tokens, u.delivery.LockToken)
			u.holder = nil
			s.unacked[id] = u
		}
	}
	return tokens
}
