package history

import (
	"slices"
	"sort"
	"time"
)

// Index is which of the kept events pass a test, in order and up to date with what comes and falls out. It looks at
// what was there when it was made in steps, the newest first: what is on the screen is right at once and the rest
// follows. Events whose bodies have to be unpacked first wait until somebody brings them.
type Index struct {
	h    *History
	test Test

	// Numbers of the events that pass. Those that were there when the index was made go to older, newest first; those
	// that came later to newer[gone:].
	older []uint64
	newer []uint64
	gone  int
	scan  uint64 // events below have not been looked at
	began uint64 // those from here on came later

	unread unread
}

func newIndex(h *History, test Test) *Index {
	ix := &Index{h: h, test: test}
	ix.restart()
	return ix
}

// restart forgets what was found and begins at the newest event.
func (ix *Index) restart() {
	ix.older, ix.newer, ix.gone, ix.unread = nil, nil, 0, unread{}
	ix.scan, ix.began = ix.h.End(), ix.h.End()
}

// add looks at an event that has just come.
func (ix *Index) add(n uint64) {
	switch ix.test(ix.h.ring.Closed(n), nil) {
	case Passes:
		ix.newer = append(ix.newer, n)
	case Unread:
		ix.unread.newer = append(ix.unread.newer, n)
	}
	ix.trim()
}

// trim forgets numbers that have fallen out of the ring.
func (ix *Index) trim() {
	first := ix.h.First()
	ix.unread.trim(first)
	for len(ix.older) > 0 && ix.older[len(ix.older)-1] < first {
		ix.older = ix.older[:len(ix.older)-1]
	}
	if len(ix.older) > 0 {
		return
	}
	for ix.gone < len(ix.newer) && ix.newer[ix.gone] < first {
		ix.gone++
	}
	if ix.gone > 1024 && ix.gone > len(ix.newer)/2 {
		ix.newer = append(ix.newer[:0], ix.newer[ix.gone:]...)
		ix.gone = 0
	}
}

// Scanned tells whether no step has anything to do: all that is kept has been looked at, but for what is unread.
func (ix *Index) Scanned() bool { return ix.scan <= ix.h.First() }

// Done tells whether it is known of all that was there when the index was made whether it passes.
func (ix *Index) Done() bool { return ix.Scanned() && len(ix.unread.older) == 0 }

// Step goes on looking for about budget. It looks at the clock every so many events only.
func (ix *Index) Step(budget time.Duration) {
	const atOnce = 64
	for start := time.Now(); !ix.Scanned() && time.Since(start) < budget; {
		for range atOnce {
			if ix.Scanned() {
				return
			}
			ix.scan--
			switch ix.test(ix.h.ring.Closed(ix.scan), nil) {
			case Passes:
				ix.older = append(ix.older, ix.scan)
			case Unread:
				ix.unread.older = append(ix.unread.older, ix.scan)
			}
		}
	}
}

// Unread gives the numbers of events whose bodies are needed, the newest first.
func (ix *Index) Unread(most int) []uint64 { return ix.unread.first(most) }

// Read takes bodies, in the order of their events' numbers. Those that were not asked for are left out.
func (ix *Index) Read(bodies []Body) {
	var older, newer []uint64
	for _, b := range bodies {
		e := ix.h.ring.Closed(b.N)
		if e == nil || !ix.unread.has(b.N) || ix.test(e, b.Data) != Passes {
			continue
		}
		if b.N < ix.began {
			older = append(older, b.N)
		} else {
			newer = append(newer, b.N)
		}
	}
	ix.unread.drop(bodies)
	slices.Reverse(older)
	ix.older = merge(ix.older, older, func(a, b uint64) bool { return a > b })
	ix.newer = merge(ix.newer, newer, func(a, b uint64) bool { return a < b })
}

// merge takes a few numbers into many, both in the same order.
func merge(many, few []uint64, before func(a, b uint64) bool) []uint64 {
	i := len(many) - 1
	many = append(many, few...)
	for at, j := len(many)-1, len(few)-1; j >= 0; at-- {
		if i >= 0 && before(few[j], many[i]) {
			many[at] = many[i]
			i--
			continue
		}
		many[at] = few[j]
		j--
	}
	return many
}

// Len is how many events are known to pass.
func (ix *Index) Len() int { return len(ix.older) + len(ix.newer) - ix.gone }

// Looked is how many of the kept events it is known of whether they pass.
func (ix *Index) Looked() int { return int(ix.h.End()-max(ix.scan, ix.h.First())) - ix.unread.len() }

// At gives the number of the i-th event that passes, 0 being the oldest.
func (ix *Index) At(i int) uint64 {
	if i < len(ix.older) {
		return ix.older[len(ix.older)-1-i]
	}
	return ix.newer[ix.gone+i-len(ix.older)]
}

// Find gives the place of the first event that passes whose number is n or more; Len when there is none.
func (ix *Index) Find(n uint64) int {
	return sort.Search(ix.Len(), func(i int) bool { return ix.At(i) >= n })
}

// From is the number of the oldest event from which on it is known of all that were there whether they pass.
func (ix *Index) From() uint64 {
	if len(ix.unread.older) > 0 {
		return max(ix.scan, ix.unread.older[0]+1)
	}
	return ix.scan
}
