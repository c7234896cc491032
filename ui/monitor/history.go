package monitor

import (
	"sort"
	"time"

	"hubscope/ui/stream"
)

// history is what is kept of the stream, and which of it a filter shows. Events are named by their number in the
// ring. Changing the filter looks at the newest events first and goes back in time in steps, so that what is on the
// screen is right at once and the rest follows.
type history struct {
	ring  *stream.Ring[record]
	shows func(*record) bool // nil shows everything

	// When there is a filter: numbers of the events that it shows. Those that were there when it was set go to older,
	// newest first; those that came later to newer[gone:].
	older []uint64
	newer []uint64
	gone  int
	scan  uint64 // events below have not been looked at
}

func newHistory(keep stream.Limit) *history {
	return &history{ring: stream.NewRing(keep, memory)}
}

func (h *history) append(r record) {
	n := h.ring.Append(r)
	if h.shows == nil {
		return
	}
	if h.shows(h.ring.Ref(n)) {
		h.newer = append(h.newer, n)
	}
	h.trim()
}

// trim forgets numbers that have fallen out of the ring.
func (h *history) trim() {
	first := h.ring.First()
	for len(h.older) > 0 && h.older[len(h.older)-1] < first {
		h.older = h.older[:len(h.older)-1]
	}
	if len(h.older) > 0 {
		return
	}
	for h.gone < len(h.newer) && h.newer[h.gone] < first {
		h.gone++
	}
	if h.gone > 1024 && h.gone > len(h.newer)/2 {
		h.newer = append(h.newer[:0], h.newer[h.gone:]...)
		h.gone = 0
	}
}

// show sets the filter; nil shows everything. Steps must follow until done.
func (h *history) show(shows func(*record) bool) {
	h.shows = shows
	h.older, h.newer, h.gone = nil, nil, 0
	h.scan = h.ring.End()
}

// done tells whether the filter has been applied to all that is kept.
func (h *history) done() bool { return h.shows == nil || h.scan <= h.ring.First() }

// step goes on applying the filter for about budget. It looks at the clock every so many events only.
func (h *history) step(budget time.Duration) {
	const atOnce = 64
	for start := time.Now(); !h.done() && time.Since(start) < budget; {
		for range atOnce {
			if h.done() {
				return
			}
			h.scan--
			if h.shows(h.ring.Ref(h.scan)) {
				h.older = append(h.older, h.scan)
			}
		}
	}
}

func (h *history) clear() {
	h.ring.Clear()
	h.show(h.shows)
}

// len is how many events are shown.
func (h *history) len() int {
	if h.shows == nil {
		return h.ring.Len()
	}
	return len(h.older) + len(h.newer) - h.gone
}

// at gives the number of the i-th event shown, 0 being the oldest.
func (h *history) at(i int) uint64 {
	switch {
	case h.shows == nil:
		return h.ring.First() + uint64(i)
	case i < len(h.older):
		return h.older[len(h.older)-1-i]
	default:
		return h.newer[h.gone+i-len(h.older)]
	}
}

// find gives the place of the first event shown whose number is n or more; len when there is none.
func (h *history) find(n uint64) int {
	if h.shows == nil {
		if n <= h.ring.First() {
			return 0
		}
		return min(int(n-h.ring.First()), h.ring.Len())
	}
	return sort.Search(h.len(), func(i int) bool { return h.at(i) >= n })
}

// hidden is how many of the events looked at the filter hides.
func (h *history) hidden() int {
	if h.shows == nil {
		return 0
	}
	return int(h.ring.End()-max(h.scan, h.ring.First())) - h.len()
}

// event gives an event by its number; nil when it has fallen out. It is good until the next append.
func (h *history) event(n uint64) *record { return h.ring.Ref(n) }
