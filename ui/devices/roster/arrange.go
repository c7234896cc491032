package roster

import (
	"cmp"
	"context"
	"slices"
	"strconv"
)

// By is what devices are ordered by: one of these, or ByValue plus the number of a chosen column.
type By int

// The values of By.
const (
	ByID By = iota
	ByStatus
	ByConnection
	ByActivity // the latest first
	ByQueue    // the longest first
	ByAuth
	ByEdge // those of IoT Edge first
	ByValue
)

// Wish is the order and the choice that is wanted.
type Wish struct {
	By         By
	Descending bool
	// Find keeps the devices whose ids hold these letters in this order. By id and not descending, the best come
	// first: ids that hold the text as it is, then those that hold the letters close together. See Score.
	Find string
}

// Plain says whether the order by id, without a choice, is what is wanted.
func (w Wish) Plain() bool { return w.By == ByID && w.Find == "" }

// ByScore says whether the best come first.
func (w Wish) ByScore() bool { return w.By == ByID && !w.Descending && w.Find != "" }

// Snapshot is a roster as it was. It may be used in any goroutine.
type Snapshot struct {
	chunks []*chunk
	byID   []Slot
}

// Snapshot costs eight bytes for each thousand devices, and four bytes a device once when the roster is changed after
// it other than by devices behind all others.
func (r *Roster) Snapshot() Snapshot {
	r.snapshots++
	r.shared = true
	return Snapshot{chunks: slices.Clone(r.chunks), byID: r.byID[:len(r.byID):len(r.byID)]}
}

// Arrange is Arranger.Arrange at once, for few devices.
func (r *Roster) Arrange(w Wish) []Slot {
	order, _ := arrange(context.Background(), r.chunks, r.byID, w, &room{}, nil)
	return order
}

// slice is how many devices are gone through between two looks at the context.
const slice = 1 << 13

// arrange fills out with the devices that are wanted.
func arrange(ctx context.Context, chunks []*chunk, byID []Slot, w Wish, m *room, out []Slot) ([]Slot, error) {
	if w.ByScore() {
		return best(ctx, chunks, byID, NewQuery(w.Find), m, out)
	}
	return sorted(ctx, chunks, byID, w, m, out)
}

// sorted sorts one number a device: what it is sorted by, and below that its place in the order of the ids, so that no
// two are the same and no id is compared.
func sorted(ctx context.Context, chunks []*chunk, byID []Slot, w Wish, m *room, out []Slot) ([]Slot, error) {
	q := NewQuery(w.Find)
	key := keyOf(chunks, byID, w)
	m.marked = slices.Grow(m.marked[:0], len(byID))
	for place, s := range byID {
		if place%slice == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if w.Find != "" {
			if _, ok := q.Score(idOf(chunks, s)); !ok {
				continue
			}
		}
		var high uint32
		if key != nil {
			high = key(s, place)
		}
		m.marked = append(m.marked, uint64(high)<<32|uint64(place))
	}
	if key != nil {
		slices.Sort(m.marked)
	}
	if w.Descending {
		slices.Reverse(m.marked)
	}
	out = slices.Grow(out[:0], len(m.marked))
	for _, marked := range m.marked {
		out = append(out, byID[uint32(marked)])
	}
	return out, ctx.Err()
}

// keyOf gives the number that a device is sorted by; nil for its id.
func keyOf(chunks []*chunk, byID []Slot, w Wish) func(s Slot, place int) uint32 {
	of := func(number func(word) uint32) func(Slot, int) uint32 {
		return func(s Slot, _ int) uint32 { return number(wordOf(chunks, s)) }
	}
	switch w.By {
	case ByID:
		return nil
	case ByStatus:
		return of(func(w word) uint32 { return uint32(1 - w&disabled) }) // disabled first, as in the alphabet
	case ByConnection:
		return of(func(w word) uint32 { return uint32(1 - w&online/online) })
	case ByActivity:
		return of(func(w word) uint32 { return ^uint32(w.seconds()) })
	case ByQueue:
		return of(func(w word) uint32 { return ^uint32(w.queue()) })
	case ByAuth:
		return of(func(w word) uint32 { return uint32(w.auth()) })
	case ByEdge:
		return of(func(w word) uint32 { return uint32(1 - w&edge/edge) })
	}
	ranks := rankValues(chunks, byID, int(w.By-ByValue))
	return func(_ Slot, place int) uint32 { return ranks[place] }
}

// rankValues numbers the values of a column as they are sorted: numbers, then texts as people count, then nothing.
func rankValues(chunks []*chunk, byID []Slot, column int) []uint32 {
	number := map[string]uint32{}
	var values []string
	ranks := make([]uint32, len(byID))
	for i, s := range byID {
		c := chunks[s>>chunkBits]
		v := ""
		if column < len(c.values) {
			v = c.values[column].at(int(s & chunkMask))
		}
		n, ok := number[v]
		if !ok {
			n = uint32(len(values))
			number[v] = n
			values = append(values, v)
		}
		ranks[i] = n
	}
	sorted := make([]uint32, len(values))
	for i := range sorted {
		sorted[i] = uint32(i)
	}
	slices.SortFunc(sorted, func(a, b uint32) int { return compareValues(values[a], values[b]) })
	rank := make([]uint32, len(values))
	for i, n := range sorted {
		rank[n] = uint32(i)
	}
	for i := range ranks {
		ranks[i] = rank[ranks[i]]
	}
	return ranks
}

func compareValues(a, b string) int {
	if (a == "") != (b == "") {
		return cmp.Compare(len(b), len(a)) // nothing is last
	}
	x, errA := strconv.ParseFloat(a, 64)
	y, errB := strconv.ParseFloat(b, 64)
	switch {
	case errA == nil && errB == nil:
		return cmp.Or(cmp.Compare(x, y), Compare(a, b))
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	}
	return Compare(a, b)
}
