package sim

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"

	"hubscope/hub/secret"
)

// reasons that complete "no network: ...".
const (
	lostOnPurpose = "lost on purpose"
	noPower       = "the battery is empty"
	rotated       = "the connection ended with the key's rotation"
)

// suffer begins and ends the faults that are due and puts the device in the state that they want. It tells whether the
// device is one that works.
func (s *Simulated) suffer(now time.Time) bool {
	s.mu.Lock()
	if s.ending || !s.begun {
		s.mu.Unlock()
		return false
	}
	s.stirred = false
	s.troubles.advance(now, s.tellTrouble)
	before, after := s.condition, s.troubles.condition(now)
	s.condition = after
	if before.wrongKey && !after.wrongKey {
		s.rekeyed = now
	}
	if before.empty() != after.empty() {
		s.power(!after.empty(), now)
	}
	if before.stretch() != after.stretch() {
		for k := range s.kinds {
			s.retime(&s.kinds[k], now)
		}
	}
	s.mu.Unlock()
	s.rekey(before, after, now)
	s.reconnect(before, after, now)
	return true
}

// power notes that the battery became empty, or is full again. Needs mu.
func (s *Simulated) power(on bool, now time.Time) {
	s.record.empty, s.record.emptied = !on, now
	if !on {
		s.record.note(Suffered, now, "the battery is empty", "silent", nil)
		return
	}
	s.record.note(Suffered, now, "the battery is full", "", nil)
	for k := range s.kinds {
		s.kinds[k].plan.restart(now)
	}
}

// forever is how long what lasts until it is cleared lasts.
const forever = 100 * 365 * 24 * time.Hour

// reconnect takes the network away or gives it back.
func (s *Simulated) reconnect(before, after condition, now time.Time) {
	switch {
	case after.empty():
		if !before.empty() {
			s.client.Interrupt(now.Add(forever), noPower)
		}
	case before.empty() || !before.offline.Equal(after.offline):
		s.client.Interrupt(after.offline, lostOnPurpose)
	}
}

// rekey gives the client a wrong key, or the right one again.
func (s *Simulated) rekey(before, after condition, now time.Time) {
	if before.wrongKey == after.wrongKey {
		return
	}
	key := s.credentials().Key
	if after.wrongKey {
		key = otherKey(s.deviceID)
	}
	if err := s.client.SetKey(key); err != nil {
		s.mu.Lock()
		s.record.note(Suffered, now, "wrong-key", "not possible: "+err.Error(), err)
		s.troubles.clear(WrongKey)
		s.mu.Unlock()
		return
	}
	if after.wrongKey && after.offline.IsZero() && !after.empty() {
		s.client.Interrupt(now.Add(time.Millisecond), rotated)
	}
}

// rekeyTime is how long after the return of the right key a try with the wrong one may still be answered.
const rekeyTime = time.Minute

// heals tells whether a refusal is one that ends by itself: the device has a wrong key for a while, or had until just
// now. Needs mu.
func (s *Simulated) heals(now time.Time) bool {
	return s.troubles.heals() || !s.rekeyed.IsZero() && now.Sub(s.rekeyed) < rekeyTime
}

// otherKey is a key that no device has.
func otherKey(deviceID string) secret.Text {
	sum := sha256.Sum256([]byte("not the key of " + deviceID))
	return secret.New(base64.StdEncoding.EncodeToString(sum[:]))
}

// tellTrouble writes that a fault began or ended. Needs mu.
func (s *Simulated) tellTrouble(one *trouble) {
	s.stirred = true
	now := time.Now()
	text := one.Kind.String()
	switch {
	case !one.on:
		s.record.note(Suffered, now, text, "over", nil)
	case one.Kind.ofMessages() && one.For == 0: // the message that it hits tells
	case one.until.IsZero():
		s.record.note(Suffered, now, text, "until it is cleared", nil)
	default:
		s.record.note(Suffered, now, text, "for "+words(one.For), nil)
	}
}

// Inject gives the device one more fault, counted from now, or from its first connection when that is yet to come.
// Errors: [ErrBadFault].
func (s *Simulated) Inject(f Fault) error {
	if err := f.Check(); err != nil {
		return err
	}
	now := time.Now()
	s.mu.Lock()
	if s.begun {
		s.troubles.add(f, now, s.o.Seed, s.deviceID)
	} else {
		s.later = append(slices.Clone(s.later), f)
	}
	s.mu.Unlock()
	s.sched.wake(&s.job, now)
	return nil
}

// Clear takes away the faults of a kind, those of its options too; 0 is all kinds.
func (s *Simulated) Clear(kind FaultKind) {
	now := time.Now()
	s.mu.Lock()
	before := len(s.later)
	s.later = slices.DeleteFunc(slices.Clone(s.later), func(f Fault) bool { return kind == 0 || f.Kind == kind })
	if s.troubles.clear(kind) || len(s.later) < before {
		name := "all faults"
		if kind != 0 {
			name = kind.String()
		}
		s.record.note(Suffered, now, name, "cleared", nil)
	}
	s.mu.Unlock()
	s.sched.wake(&s.job, now)
}
