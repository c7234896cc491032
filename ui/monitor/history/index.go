package history

import (
	"sort"
	"time"
)

// Index is which of the kept events pass a test, in order and up to date with what comes and falls out. It looks at
// what was there when it was made in steps, the newest first: what is on the screen is right at once and the rest
// follows.
type Index struct {
	h      *History
	passes func(*Event) bool

	// Numbers of the events that pass. Those that were there when the index was made go to older, newest first; those
	// that came later to newer[gone:].
	older []uint64
	newer []uint64
	gone  int
	scan  uint64 // events below have not been looked at
}

func newIndex(h *History, passes func(*Event) bool) *Index {
	ix := &Index{h: h, passes: passes}
	ix.restart()
	return ix
}

// restart forgets what was found and begins at the newest event.
func (ix *Index) restart() {
	ix.older, ix.newer, ix.gone = nil, nil, 0
	ix.scan = ix.h.End()
}

// add looks at an event that has just come.
func (ix *Index) add(n uint64) {
	if ix.passes(ix.h.ring.Ref(n)) {
		ix.newer = append(ix.newer, n)
	}
	ix.trim()
}

// trim forgets numbers that have fallen out of the ring.
func (ix *Index) trim() {
	first := ix.h.First()
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

// Done tells whether all that is kept has been looked at.
func (ix *Index) Done() bool { return ix.scan <= ix.h.First() }

// Step goes on looking for about budget. It looks at the clock every so many events only.
func (ix *Index) Step(budget time.Duration) {
	const atOnce = 64
	for start := time.Now(); !ix.Done() && time.Since(start) < budget; {
		for range atOnce {
			if ix.Done() {
				return
			}
			ix.scan--
			if ix.passes(ix.h.ring.Ref(ix.scan)) {
				ix.older = append(ix.older, ix.scan)
			}
		}
	}
}

// Len is how many events are known to pass.
func (ix *Index) Len() int { return len(ix.older) + len(ix.newer) - ix.gone }

// Looked is how many of the kept events have been looked at.
func (ix *Index) Looked() int { return int(ix.h.End() - max(ix.scan, ix.h.First())) }

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

// From is the number of the oldest event that has been looked at.
func (ix *Index) From() uint64 { return ix.scan }
