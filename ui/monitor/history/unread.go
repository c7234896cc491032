package history

import (
	"cmp"
	"slices"
	"sort"
)

// unread are the numbers of events that wait for their bodies: those of the scan, newest first, and those that came
// later, oldest first.
type unread struct{ older, newer []uint64 }

func (u *unread) len() int { return len(u.older) + len(u.newer) }

// first gives the newest ones.
func (u *unread) first(most int) []uint64 {
	if u.len() == 0 {
		return nil
	}
	found := slices.Clone(u.newer[max(0, len(u.newer)-most):])
	slices.Reverse(found)
	return append(found, u.older[:min(len(u.older), most-len(found))]...)
}

func (u *unread) has(n uint64) bool {
	if _, has := slices.BinarySearch(u.newer, n); has {
		return true
	}
	_, has := slices.BinarySearchFunc(u.older, n, func(a, b uint64) int { return cmp.Compare(b, a) })
	return has
}

// trim forgets what has fallen out.
func (u *unread) trim(first uint64) {
	for len(u.older) > 0 && u.older[len(u.older)-1] < first {
		u.older = u.older[:len(u.older)-1]
	}
	if len(u.newer) > 0 && u.newer[0] < first {
		u.newer = u.newer[sort.Search(len(u.newer), func(i int) bool { return u.newer[i] >= first }):]
	}
}

// drop takes events away, in the order of their numbers.
func (u *unread) drop(bodies []Body) {
	if len(bodies) == 0 {
		return
	}
	from, to := bodies[0].N, bodies[len(bodies)-1].N
	gone := func(n uint64) bool {
		_, is := slices.BinarySearchFunc(bodies, n, func(b Body, n uint64) int { return cmp.Compare(b.N, n) })
		return is
	}
	// Only the stretch that they are in is looked at.
	lo := sort.Search(len(u.newer), func(i int) bool { return u.newer[i] >= from })
	hi := sort.Search(len(u.newer), func(i int) bool { return u.newer[i] > to })
	u.newer = slices.Concat(u.newer[:lo], slices.DeleteFunc(slices.Clone(u.newer[lo:hi]), gone), u.newer[hi:])
	lo = sort.Search(len(u.older), func(i int) bool { return u.older[i] <= to })
	hi = sort.Search(len(u.older), func(i int) bool { return u.older[i] < from })
	u.older = slices.Concat(u.older[:lo], slices.DeleteFunc(slices.Clone(u.older[lo:hi]), gone), u.older[hi:])
}
