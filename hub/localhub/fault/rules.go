package fault

import (
	"fmt"
	"slices"
	"time"

	"hubscope/hub/localhub/core"
)

// maxRules bounds how many rules are in force at once.
const maxRules = 1000

// State is a rule that was set.
type State struct {
	// ID names the rule until it is taken away. A later rule never gets it.
	ID int64 `json:"id"`
	Rule
	// Hits is how often it has struck.
	Hits int64 `json:"hits"`
	// Left is how long it goes on; zero for a rule without a time, and at its end.
	Left Duration `json:"left,omitzero"`
	// Over says that its end has come.
	Over bool `json:"over,omitempty"`
}

// Rules are those that were set and not taken away, in the order in which they
// are asked. Those whose end has come are among them.
func (g *Gate) Rules() []State {
	states := []State{}
	now := g.now()
	for _, r := range g.inForce() {
		state := State{ID: r.id, Rule: r.Rule, Hits: r.hits.Load(), Over: r.over(now)}
		if !r.ends.IsZero() && !state.Over {
			state.Left = Duration(r.ends.Sub(now))
		}
		states = append(states, state)
	}
	return states
}

func (g *Gate) inForce() []*active {
	if armed := g.armed.Load(); armed != nil {
		return *armed
	}
	return nil
}

// Set replaces all rules. On an error nothing changes.
func (g *Gate) Set(rules []Rule) error { return g.arm(rules, false) }

// Add puts rules behind those that there are, whose counts and ends stay as
// they are. Rules whose end has come make room. On an error nothing changes.
func (g *Gate) Add(rules []Rule) error { return g.arm(rules, true) }

func (g *Gate) arm(rules []Rule, keep bool) error {
	now := g.now()
	fresh, err := activate(rules, now)
	if err != nil {
		return err
	}
	g.changing.Lock()
	defer g.changing.Unlock()
	var all []*active
	if keep {
		all = g.withRoomFor(len(fresh))
	}
	if len(all)+len(fresh) > maxRules {
		return fmt.Errorf("there are more than %d", maxRules)
	}
	for _, r := range fresh {
		g.lastID++
		r.id = g.lastID
	}
	g.replace(append(all, fresh...))
	g.dropNow(fresh, now)
	g.dropReaders(fresh, now)
	return nil
}

// withRoomFor gives the rules that there are, without those that are over when
// there is no room for n more.
func (g *Gate) withRoomFor(n int) []*active {
	all := slices.Clone(g.inForce())
	if len(all)+n <= maxRules {
		return all
	}
	now := g.now()
	return slices.DeleteFunc(all, func(r *active) bool { return r.over(now) })
}

func activate(rules []Rule, now time.Time) ([]*active, error) {
	var all []*active
	for _, r := range rules {
		r, err := r.check()
		if err != nil {
			return nil, err
		}
		a := &active{Rule: r}
		if r.For > 0 {
			a.ends = now.Add(time.Duration(r.For))
		}
		all = append(all, a)
	}
	return all, nil
}

// replace is called with changing held. No rules are nil, which is what an idle
// gate looks at.
func (g *Gate) replace(all []*active) {
	if len(all) == 0 {
		g.armed.Store(nil)
		return
	}
	g.armed.Store(&all)
}

// Remove takes one rule away, and tells whether it was there.
func (g *Gate) Remove(id int64) bool {
	g.changing.Lock()
	defer g.changing.Unlock()
	before := g.inForce()
	rest := slices.DeleteFunc(slices.Clone(before), func(r *active) bool { return r.id == id })
	g.replace(rest)
	return len(rest) < len(before)
}

// dropNow ends the sessions that rules find at the time at which they were made:
// one that lasts a millisecond drops every connection once, however many there are.
func (g *Gate) dropNow(rules []*active, made time.Time) {
	h := g.hub.Load()
	if h == nil || !slices.ContainsFunc(rules, (*active).dropsAtOnce) {
		return
	}
	h.EndSessions(func(a core.Act) *core.Error {
		for _, r := range rules {
			if r.dropsAtOnce() && g.matches(r, a) && r.strikes(made) {
				return dropped(a)
			}
		}
		return nil
	})
}
