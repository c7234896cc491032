package figures

import (
	"slices"
	"sort"
	"time"

	"hubscope/hub/events/payload"
	"hubscope/ui/monitor/history"
)

// follower reads the history from its oldest event on, once each. What needs the body of an event gets it when it has
// been unpacked.
type follower struct {
	next    uint64 // number of the event to read
	started bool
	unread  []uint64 // numbers of those whose bodies are to be unpacked, in order
	Fell    uint64   // events that fell out before they were read
}

// take counts an event; body is its body, unpacked, when that is needed.
type take func(e *history.Event, body []byte)

// firstStep is what is read at once when a part is turned to: enough for the first screen.
const firstStep = 4 * time.Millisecond

// step reads on for about budget, or to the end.
func (f *follower) step(h *history.History, budget time.Duration, needsBody bool, take take) {
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
			e := h.Look(f.next)
			switch {
			case e == nil:
			case needsBody && !payload.IsPlain(e.ContentType, e.ContentEncoding, e.Body):
				f.unread = append(f.unread, f.next)
			default:
				take(e, e.Body)
			}
		}
		if time.Since(began) >= budget {
			return
		}
	}
}

// first gives the oldest events that wait for their bodies.
func (f *follower) first(h *history.History, most int) []uint64 {
	if gone := sort.Search(len(f.unread), func(i int) bool { return f.unread[i] >= h.First() }); gone > 0 {
		f.Fell += uint64(gone)
		f.unread = f.unread[gone:]
	}
	return f.unread[:min(most, len(f.unread))]
}

// read takes bodies that have been unpacked.
func (f *follower) read(h *history.History, bodies []history.Body, take take) {
	for _, b := range bodies {
		at, waits := slices.BinarySearch(f.unread, b.N)
		if !waits {
			continue
		}
		f.unread = slices.Delete(f.unread, at, at+1)
		if e := h.Event(b.N); e != nil {
			take(e, b.Data)
		} else {
			f.Fell++
		}
	}
}

// follows gives what the part that is seen follows the history with; nil when it does not.
func (p *Panel) follows() (f *follower, needsBody bool, take take) {
	switch {
	case !p.Opened:
	case p.part == countPart && p.counts != nil:
		return &p.counted, p.counts.Path.NeedsBody(), p.counts.Add
	case p.part == chartPart && p.series != nil:
		return &p.followed, p.series.Path.NeedsBody(), p.series.Add
	}
	return nil, false, nil
}

// Step lets the part that is seen read on in the history for about budget.
func (p *Panel) Step(budget time.Duration) {
	if f, needsBody, take := p.follows(); f != nil {
		f.step(p.history(), budget, needsBody, take)
	}
}

// Done tells whether there is nothing to read for a step.
func (p *Panel) Done() bool {
	f, _, _ := p.follows()
	return f == nil || f.next >= p.history().End()
}

// Unread implements unpack.Reader.
func (p *Panel) Unread(most int) []uint64 {
	f, _, _ := p.follows()
	if f == nil || len(f.unread) == 0 {
		return nil
	}
	return slices.Clone(f.first(p.history(), most))
}

// Read implements unpack.Reader. What is seen is made anew when nothing is waited for any more, else each second.
func (p *Panel) Read(bodies []history.Body) {
	if !p.Opened {
		return
	}
	if f, _, take := p.follows(); f != nil && len(f.unread) > 0 {
		f.read(p.history(), bodies, take)
		if len(f.unread) == 0 {
			p.Refresh()
		}
	}
	if p.lacked && !p.shelf.Waits() {
		p.Refresh()
	}
}
