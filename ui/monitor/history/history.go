package history

import (
	"slices"
	"time"

	"hubscope/hub/events"
	"hubscope/ui/stream"
)

// History is what is kept of the stream, and which of it a filter shows. Events are named by their number in the
// ring.
type History struct {
	ring    *store
	shown   *Index   // nil: everything is shown
	again   *Index   // becomes shown when it is done
	watched []*Index // of others
}

// New makes an empty history that shows everything.
func New(keep stream.Limit) *History {
	return &History{ring: newStore(keep)}
}

// Take keeps one more event; the oldest go when a limit is passed. It gives the event as it is kept, which is good until
// the next call of Take, Append, Look or a step.
func (h *History) Take(e *events.Event) *Event {
	n := h.ring.Append(e)
	h.look(n)
	return h.ring.Ref(n)
}

// Append is Take for an event that was kept before.
func (h *History) Append(r Event) { h.look(h.ring.AppendKept(r)) }

// look lets the indexes look at an event that has just come.
func (h *History) look(n uint64) {
	if h.shown != nil {
		h.shown.add(n)
	}
	if h.again != nil {
		h.again.add(n)
	}
	for _, ix := range h.watched {
		ix.add(n)
	}
}

// Show sets the filter; nil shows everything. Steps must follow until Settled.
func (h *History) Show(shows Test) {
	h.shown, h.again = nil, nil
	if shows != nil {
		h.shown = newIndex(h, shows)
	}
}

// ShowAgain applies the filter anew, for one that depends on the time of day. What is shown stays as it is until the
// steps that must follow are done.
func (h *History) ShowAgain() {
	if h.shown != nil && h.again == nil && h.Done() {
		h.again = newIndex(h, h.shown.test)
	}
}

// Done tells whether the filter has been applied to all that is kept.
func (h *History) Done() bool { return h.shown == nil || h.shown.Done() }

// Settled tells whether no step has anything to do. What waits for bodies is not a matter of steps.
func (h *History) Settled() bool {
	return (h.shown == nil || h.shown.Scanned()) && (h.again == nil || h.again.Scanned())
}

// Step goes on applying the filter for about budget.
func (h *History) Step(budget time.Duration) {
	switch {
	case h.shown == nil:
	case !h.shown.Scanned():
		h.shown.Step(budget)
	case h.again != nil:
		h.again.Step(budget)
		h.turn()
	}
}

// turn puts the filter that was applied anew in the place of the one before, once it is done.
func (h *History) turn() {
	if h.again != nil && h.again.Done() {
		h.shown, h.again = h.again, nil
	}
}

// Unread gives the numbers of events whose packed bodies are needed to tell whether they are shown, or pass the test
// of another index; the newest of each first.
func (h *History) Unread(most int) []uint64 {
	var found []uint64
	for _, ix := range h.indexes() {
		if ix.unread.len() > 0 {
			found = append(found, ix.Unread(most)...)
		}
	}
	return found
}

// Read takes bodies that were asked for, in the order of their events' numbers.
func (h *History) Read(bodies []Body) {
	for _, ix := range h.indexes() {
		if ix.unread.len() > 0 {
			ix.Read(bodies)
		}
	}
	h.turn()
}

// indexes are all that there are.
func (h *History) indexes() []*Index {
	all := make([]*Index, 0, 2+len(h.watched))
	for _, ix := range [2]*Index{h.shown, h.again} {
		if ix != nil {
			all = append(all, ix)
		}
	}
	return append(all, h.watched...)
}

// Watch makes an index of its own, which is kept up to date until Unwatch. Its steps are for the caller to take.
func (h *History) Watch(test Test) *Index {
	ix := newIndex(h, test)
	h.watched = append(h.watched, ix)
	return ix
}

// Unwatch ends an index.
func (h *History) Unwatch(ix *Index) {
	h.watched = slices.DeleteFunc(h.watched, func(other *Index) bool { return other == ix })
}

// Watched is how many indexes are kept up to date for others.
func (h *History) Watched() int { return len(h.watched) }

// Clear forgets all events; the filter stays.
func (h *History) Clear() {
	h.ring.Clear()
	h.again = nil
	if h.shown != nil {
		h.shown.restart()
	}
	for _, ix := range h.watched {
		ix.restart()
	}
}

// Len is how many events are shown.
func (h *History) Len() int {
	if h.shown == nil {
		return h.ring.Len()
	}
	return h.shown.Len()
}

// At gives the number of the i-th event shown, 0 being the oldest.
func (h *History) At(i int) uint64 {
	if h.shown == nil {
		return h.ring.First() + uint64(i)
	}
	return h.shown.At(i)
}

// Find gives the place of the first event shown whose number is n or more; Len when there is none.
func (h *History) Find(n uint64) int {
	if h.shown != nil {
		return h.shown.Find(n)
	}
	if n <= h.ring.First() {
		return 0
	}
	return min(int(n-h.ring.First()), h.ring.Len())
}

// Hidden is how many of the events looked at the filter hides.
func (h *History) Hidden() int {
	if h.shown == nil {
		return 0
	}
	return h.shown.Looked() - h.shown.Len()
}

// Shows tells whether an event is known to be shown.
func (h *History) Shows(n uint64) bool {
	i := h.Find(n)
	return i < h.Len() && h.At(i) == n
}

// Event gives an event by its number, with memory of its own; nil when it has fallen out.
func (h *History) Event(n uint64) *Event { return h.ring.Copy(n) }

// Look is Event for a look at many: what it gives is good until the next call of Look, Take, Append or a step, and no
// text or body of it is to be held: that would hold many others.
func (h *History) Look(n uint64) *Event { return h.ring.Ref(n) }

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
