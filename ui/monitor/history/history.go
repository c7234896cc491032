package history

import (
	"sort"
	"time"

	"hubscope/ui/stream"
)

// History is what is kept of the stream, and which of it a filter shows. Events are named by their number in the
// ring. Changing the filter looks at the newest events first and goes back in time in steps, so that what is on the
// screen is right at once and the rest follows.
type History struct {
	ring  *stream.Ring[Event]
	shows func(*Event) bool // nil shows everything

	// When there is a filter: numbers of the events that it shows. Those that were there when it was set go to older,
	// newest first; those that came later to newer[gone:].
	older []uint64
	newer []uint64
	gone  int
	scan  uint64 // events below have not been looked at
}

// New makes an empty history that shows everything.
func New(keep stream.Limit) *History {
	return &History{ring: stream.NewRing(keep, memory)}
}

// Append keeps one more event; the oldest go when a limit is passed.
func (h *History) Append(r Event) {
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
func (h *History) trim() {
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

// Show sets the filter; nil shows everything. Steps must follow until Done.
func (h *History) Show(shows func(*Event) bool) {
	h.shows = shows
	h.older, h.newer, h.gone = nil, nil, 0
	h.scan = h.ring.End()
}

// Done tells whether the filter has been applied to all that is kept.
func (h *History) Done() bool { return h.shows == nil || h.scan <= h.ring.First() }

// Step goes on applying the filter for about budget. It looks at the clock every so many events only.
func (h *History) Step(budget time.Duration) {
	const atOnce = 64
	for start := time.Now(); !h.Done() && time.Since(start) < budget; {
		for range atOnce {
			if h.Done() {
				return
			}
			h.scan--
			if h.shows(h.ring.Ref(h.scan)) {
				h.older = append(h.older, h.scan)
			}
		}
	}
}

// Clear forgets all events; the filter stays.
func (h *History) Clear() {
	h.ring.Clear()
	h.Show(h.shows)
}

// Len is how many events are shown.
func (h *History) Len() int {
	if h.shows == nil {
		return h.ring.Len()
	}
	return len(h.older) + len(h.newer) - h.gone
}

// At gives the number of the i-th event shown, 0 being the oldest.
func (h *History) At(i int) uint64 {
	switch {
	case h.shows == nil:
		return h.ring.First() + uint64(i)
	case i < len(h.older):
		return h.older[len(h.older)-1-i]
	default:
		return h.newer[h.gone+i-len(h.older)]
	}
}

// Find gives the place of the first event shown whose number is n or more; Len when there is none.
func (h *History) Find(n uint64) int {
	if h.shows == nil {
		if n <= h.ring.First() {
			return 0
		}
		return min(int(n-h.ring.First()), h.ring.Len())
	}
	return sort.Search(h.Len(), func(i int) bool { return h.At(i) >= n })
}

// Hidden is how many of the events looked at the filter hides.
func (h *History) Hidden() int {
	if h.shows == nil {
		return 0
	}
	return int(h.ring.End()-max(h.scan, h.ring.First())) - h.Len()
}

// Event gives an event by its number; nil when it has fallen out. It is good until the next append.
func (h *History) Event(n uint64) *Event { return h.ring.Ref(n) }

// First is the number of the oldest event kept.
func (h *History) First() uint64 { return h.ring.First() }

// End is the number that the next event gets.
func (h *History) End() uint64 { return h.ring.End() }

// Kept is how many events are kept, shown or not.
func (h *History) Kept() int { return h.ring.Len() }

// Bytes is the memory that they hold, about.
func (h *History) Bytes() int64 { return h.ring.Bytes() }

// FellOut is how many events the limits have pushed out.
func (h *History) FellOut() uint64 { return h.ring.Evicted() }
