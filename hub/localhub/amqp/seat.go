package amqp

import "sync"

// seat is held by the link of a device that came last for one purpose: a device
// has one link for its messages, one for its methods and one for its twin. The
// zero value is free.
type seat struct {
	mu     sync.Mutex
	holder *sender // guarded by mu
}

// take gives the seat to s, and ends the link that had it.
func (t *seat) take(s *sender) {
	t.mu.Lock()
	before := t.holder
	t.holder = s
	t.mu.Unlock()
	if before != nil {
		before.fail(fault(condStolen, "A new link to '%s' was attached, this one is closed.", s.address.text))
	}
}

// with runs do if s has the seat. Do must not use the seat.
func (t *seat) with(s *sender, do func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.holder == s {
		do()
	}
}

// leave gives the seat up and undoes what with did, if s still has it.
func (t *seat) leave(s *sender, undo func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.holder == s {
		t.holder = nil
		undo()
	}
}

// has returns who has the seat; nil when it is free.
func (t *seat) has() *sender {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.holder
}
