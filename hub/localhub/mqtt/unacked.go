package mqtt

import (
	"cmp"
	"slices"
	"time"

	"hubscope/hub/localhub/core"
)

// lockTime is how long the hub holds a message for the device's acknowledgement (protocol 4.3).
const lockTime = 60 * time.Second

// maxUnacked bounds what a session remembers of messages whose locks have run out; the hub's queue bounds
// the others, to 50.
const maxUnacked = 128

// unacked is a message that was sent and not yet acknowledged.
type unacked struct {
	delivery core.Delivery
	packetID uint16
	until    time.Time // of its lock
	again    bool      // it was sent before
}

// sent notes that a message is sent, and gives it a packet identifier: the one that it had, when it was
// sent before [MQTT-3.3.1-1].
func (s *session) sent(d core.Delivery) unacked {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := unacked{delivery: d, until: time.Now().Add(lockTime)}
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
		s.forgetLost(time.Now())
	}
	for {
		s.packetID++
		if _, taken := s.unacked[s.packetID]; !taken && s.packetID != 0 {
			return s.packetID
		}
	}
}

// forgetLost forgets the messages whose locks have run out: the hub gives them out again.
func (s *session) forgetLost(now time.Time) {
	for id, u := range s.unacked {
		if now.After(u.until) {
			delete(s.unacked, id)
		}
	}
}

// acknowledged gives the message of a packet identifier, once.
func (s *session) acknowledged(packetID uint16) (core.Delivery, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.unacked[packetID]
	delete(s.unacked, packetID)
	return u.delivery, ok
}

// unacknowledged lists in the order of the queue what a new connection must be sent again.
func (s *session) unacknowledged() []unacked {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgetLost(time.Now())
	var all []unacked
	for _, u := range s.unacked {
		u.again = true
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b unacked) int { return cmp.Compare(a.delivery.Sequence, b.delivery.Sequence) })
	return all
}
