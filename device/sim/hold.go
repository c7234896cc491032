package sim

import (
	"time"

	"hubscope/device"
)

// heldMessage is one that a fault holds back.
type heldMessage struct {
	message   device.Message
	entry     int
	until     time.Time // zero: until it is overtaken
	duplicate bool
}

// heldMessages are in the order in which they were made.
type heldMessages []heldMessage

// maxHeld is how many messages a device can hold back; what is beyond goes at once.
const maxHeld = 256

func (h heldMessages) due() time.Time {
	var at time.Time
	for i := range h {
		at = earlier(at, h[i].until)
	}
	return at
}

// take gives the first message that may go, and takes it off.
func (h *heldMessages) take(may func(*heldMessage) bool) (heldMessage, bool) {
	for i := range *h {
		if one := (*h)[i]; may(&one) {
			*h = append((*h)[:i], (*h)[i+1:]...)
			if len(*h) == 0 {
				*h = nil
			}
			return one, true
		}
	}
	return heldMessage{}, false
}

// holdBack does what the faults want with a message, and tells whether it is out of the way. Needs mu.
func (s *Simulated) holdBack(m device.Message, entry int, v verdict, now time.Time) bool {
	if v.skip {
		s.record.skipped++
		s.record.log.complete(entry, "skipped on purpose", nil)
		return true
	}
	if len(s.held) >= maxHeld || v.delay == 0 && !v.reorder {
		return false
	}
	one := heldMessage{message: m, entry: entry, duplicate: v.duplicate}
	switch {
	case v.delay > 0:
		one.until = now.Add(v.delay)
		s.record.delayed++
		s.record.log.complete(entry, "held for "+words(v.delay), nil)
	default:
		s.record.reordered++
		s.record.log.complete(entry, "held until the next one is sent", nil)
	}
	s.held = append(s.held, one)
	return true
}

// release sends what was held for long enough.
func (s *Simulated) release(now time.Time) {
	s.letGo(func(h *heldMessage) bool { return !h.until.IsZero() && !h.until.After(now) })
}

// releaseOvertaken sends what only waited for another message.
func (s *Simulated) releaseOvertaken() {
	s.letGo(func(h *heldMessage) bool { return h.until.IsZero() })
}

// flush sends all that is held: the device stops.
func (s *Simulated) flush() {
	s.letGo(func(*heldMessage) bool { return true })
}

func (s *Simulated) letGo(may func(*heldMessage) bool) {
	for {
		s.mu.Lock()
		one, found := s.held.take(may)
		if !found {
			s.mu.Unlock()
			return
		}
		s.record.accepted++
		if l := s.record.log.at(one.entry); l != nil {
			l.other = nil
		}
		s.mu.Unlock()
		s.give(one.message, &passage{entry: one.entry})
		if one.duplicate {
			s.giveAgain(one.message)
		}
	}
}
