package figures

import (
	"time"

	"hubscope/ui/monitor/history"
)

// follower reads the history from its oldest event on, once each.
type follower struct {
	next    uint64 // number of the event to read
	started bool
	Fell    uint64 // events that fell out before they were read
}

// firstStep is what is read at once when a part is turned to: enough for the first screen.
const firstStep = 4 * time.Millisecond

// step reads on for about budget, or to the end.
func (f *follower) step(h *history.History, budget time.Duration, take func(*history.Event)) {
	const atOnce = 64
	if first := h.First(); f.next < first {
		if f.started {
			f.Fell += first - f.next
		}
		f.next = first
	}
	f.started = true
	for began := time.Now(); f.next < h.End(); {
		for end := min(h.End(), f.next+atOnce); f.next < end; f.next++ {
			if e := h.Event(f.next); e != nil {
				take(e)
			}
		}
		if time.Since(began) >= budget {
			return
		}
	}
}

// Step lets the part that is seen read on in the history for about budget.
func (p *Panel) Step(budget time.Duration) {
	switch {
	case !p.Opened:
	case p.part == countPart && p.counts != nil:
		p.counted.step(p.history(), budget, p.counts.Add)
	case p.part == chartPart && p.series != nil:
		p.followed.step(p.history(), budget, p.series.Add)
	}
}

// Done tells whether there is nothing to read.
func (p *Panel) Done() bool {
	switch {
	case !p.Opened:
	case p.part == countPart && p.counts != nil:
		return p.counted.next >= p.history().End()
	case p.part == chartPart && p.series != nil:
		return p.followed.next >= p.history().End()
	}
	return true
}
