package sim

import (
	"errors"
	"fmt"
	"time"

	"hubscope/device"
	"hubscope/device/sim/profile"
)

// kind is one of the profile's kinds of messages, as this device sends it.
type kind struct {
	name     string
	interval time.Duration // as it should be; the plan's is longer when the battery is low
	plan     schedule
	times    int64 // that were planned
	failures int   // to make a message, in a row
	over     bool  // it was given up
}

// giveUpAfter is how often in a row a kind may fail to make its message before it is given up.
const giveUpAfter = 10

// passage is what is remembered of a message that the client has taken.
type passage struct {
	entry   int       // of the log
	planned time.Time // zero: not to be measured
}

// tick does what is due and returns when there is something to do again. It is the job of the device: calls do not
// overlap.
func (s *Simulated) tick(now time.Time) time.Time {
	s.busy.Lock()
	defer s.busy.Unlock()
	if !s.suffer(now) {
		return time.Time{}
	}
	s.release(now)
	for k := range s.kinds {
		if planned, due := s.isDue(k, now); due {
			s.produce(k, planned)
		}
	}
	if s.hasSentAll() {
		s.end(nil)
	}
	return s.due()
}

// isDue tells whether a kind is, and for when its message was planned.
func (s *Simulated) isDue(k int, now time.Time) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind := &s.kinds[k]
	if s.ending || s.hasSentAllLocked() || kind.over || kind.interval <= 0 || s.condition.empty() {
		return time.Time{}, false
	}
	planned := kind.plan.next()
	if planned.After(now) || s.pausedUntil.After(now) {
		return time.Time{}, false
	}
	if s.o.gate != nil && !s.hasTurn {
		if wait := s.o.gate.admit(now); wait > 0 {
			s.pausedUntil, s.hasTurn = now.Add(wait), true
			return time.Time{}, false
		}
	}
	s.hasTurn = false
	if planned.Before(s.pausedUntil) {
		planned = s.pausedUntil
	}
	return planned, true
}

// hasSentAll tells whether the device has made as many messages as it should.
func (s *Simulated) hasSentAll() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hasSentAllLocked()
}

func (s *Simulated) hasSentAllLocked() bool { return s.o.Count > 0 && s.number >= s.o.Count }

// due is when tick has something to do next.
func (s *Simulated) due() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ending {
		return time.Time{}
	}
	now := time.Now()
	at := earlier(s.troubles.due(now), s.held.due())
	if s.stirred {
		at = earlier(at, now)
	}
	if s.condition.empty() {
		return at
	}
	for k := range s.kinds {
		kind := &s.kinds[k]
		if kind.over || kind.interval <= 0 {
			continue
		}
		next := kind.plan.next()
		if next.Before(s.pausedUntil) {
			next = s.pausedUntil
		}
		at = earlier(at, next)
	}
	return at
}

// produce makes the message of a kind and does with it what the faults want.
func (s *Simulated) produce(k int, planned time.Time) {
	m, err := s.make(k, planned)
	now := time.Now()
	s.mu.Lock()
	s.keepTime(k, now)
	if errors.Is(err, profile.ErrNotNow) {
		s.mu.Unlock()
		return
	}
	if err != nil {
		s.mu.Unlock()
		s.unmade(k, err, now)
		return
	}
	s.kinds[k].failures = 0
	s.number++
	entry := s.record.made(&m, now)
	s.troubles.gamble(now, s.tellTrouble)
	v := s.troubles.judge()
	online := s.record.state == Sending
	if !s.o.NoProof {
		m = prove(m, s.runID, s.number, now.Add(s.condition.skew))
	}
	if err := s.afford(&m, now); err != nil {
		s.record.log.complete(entry, "not sent", err)
		s.mu.Unlock()
		s.end(err)
		return
	}
	if s.holdBack(m, entry, v, now) {
		s.mu.Unlock()
		return
	}
	s.record.accepted++
	s.mu.Unlock()
	p := &passage{entry: entry}
	if online {
		p.planned = planned
	}
	s.give(m, p)
	if v.duplicate {
		s.giveAgain(m)
	}
	s.releaseOvertaken()
}

// make asks the profile for a message. It is given the time for which the message was planned, by the device's clock, so
// that a run can be repeated.
func (s *Simulated) make(k int, planned time.Time) (device.Message, error) {
	s.mu.Lock()
	clock := planned.Add(s.condition.skew)
	s.mu.Unlock()
	return s.gen.Next(k, clock)
}

// keepTime plans the next message of a kind. Needs mu.
func (s *Simulated) keepTime(k int, now time.Time) {
	kind := &s.kinds[k]
	kind.plan.keep(now, s.spread(k))
	s.retime(kind, now)
}

// retime gives the plan of a kind the interval that it should have now. Needs mu.
func (s *Simulated) retime(kind *kind, now time.Time) {
	want := time.Duration(float64(kind.interval) * s.condition.stretch())
	if kind.interval > 0 && kind.plan.interval != want {
		kind.plan.change(want, now)
	}
}

// spread is the jitter of the next message of a kind. Needs mu.
func (s *Simulated) spread(k int) time.Duration {
	kind := &s.kinds[k]
	kind.times++
	return s.gen.Jitter(k, kind.times)
}

// give gives the client a message that was counted as accepted.
func (s *Simulated) give(m device.Message, p *passage) {
	m.Tag = p
	if _, err := s.client.Send(m); err != nil {
		s.mu.Lock()
		s.record.refused(p.entry, err)
		s.mu.Unlock()
	}
}

// giveAgain gives the client a copy of a message, which carries the same number.
func (s *Simulated) giveAgain(m device.Message) {
	s.mu.Lock()
	s.record.accepted++
	s.record.duplicated++
	entry := s.record.log.write(line{at: time.Now().UnixNano(), direction: Sent, text: m.MessageID + " once more"})
	s.mu.Unlock()
	s.give(m, &passage{entry: entry})
}

// unmade notes that the profile could not make a message. A kind that fails again and again is given up, and with the
// last one the device: what is left of it would do nothing.
func (s *Simulated) unmade(k int, err error, now time.Time) {
	s.mu.Lock()
	kind := &s.kinds[k]
	kind.failures++
	s.record.unmade++
	err = fmt.Errorf("no %s message: %w", kind.name, err)
	if kind.failures == 1 { // the others of a row say the same
		s.record.note(Sent, now, err.Error(), "not made", err)
	}
	s.record.trouble = err
	if kind.failures < giveUpAfter {
		s.mu.Unlock()
		return
	}
	kind.over = true
	s.record.note(Sent, now, fmt.Sprintf("no %s message could be made %d times in a row", kind.name, kind.failures), "given up", err)
	rest := s.anyKind()
	s.mu.Unlock()
	if !rest {
		s.end(fmt.Errorf("%w: %w", ErrNothingToSend, err))
	}
}

// ErrNothingToSend is why a device stops whose profile can make no message.
var ErrNothingToSend = errors.New("the profile can make no message")

// anyKind tells whether a kind is left that sends. Needs mu.
func (s *Simulated) anyKind() bool {
	for i := range s.kinds {
		if !s.kinds[i].over {
			return true
		}
	}
	return false
}

// gate holds messages back for the sake of a whole fleet.
type gate interface {
	// admit takes the turn of one message and says how long to wait for it; whoever has waited does not ask again.
	admit(now time.Time) (wait time.Duration)
	// spend counts a message that is about to be sent, or says why none may be sent any more.
	spend(m *device.Message, now time.Time) error
	// closed is told that the hub closed the connection of a device, and whether a message waited for its confirmation.
	closed(s *Simulated, waiting bool, now time.Time)
	// strained tells whether the hub takes fewer messages than the fleet would send.
	strained() bool
}

// afford asks the gate for a message.
func (s *Simulated) afford(m *device.Message, now time.Time) error {
	if s.o.gate == nil {
		return nil
	}
	return s.o.gate.spend(m, now)
}
