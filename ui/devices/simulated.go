package devices

import "hubscope/device/sim"

// simulated is what the page knows of the simulated devices: how many are in which
// state. How one of them stands is asked for the rows on screen only, as there may
// be ten thousand.
type simulated struct {
	fleet    Fleet
	states   sim.States
	starting map[string]bool // asked to start, and not in the fleet yet
}

// of is how the simulated device of an identity stands; false when there is none.
func (s *simulated) of(id string) (sim.Status, bool) {
	if s.starting[id] {
		return sim.Status{DeviceID: id, State: sim.Starting}, true
	}
	return s.fleet.One(id)
}

func (s *simulated) runs(id string) bool {
	st, ok := s.of(id)
	return ok && st.State.Running()
}

// look counts anew, and says whether a device has changed its state.
func (s *simulated) look() bool {
	before := s.states
	s.states = s.fleet.States()
	return before != s.states
}

// snapshot reads how the simulated devices stand, and says whether one of them
// has connected or gone since.
func (p *Page) snapshot() bool {
	changed := p.simulated.look()
	p.updateKeys()
	return changed
}

func (p *Page) running() int { return p.simulated.states.Running() }
