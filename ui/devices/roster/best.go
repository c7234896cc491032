package roster

import (
	"context"
	"maps"
	"slices"
)

// best gives the devices that fit a query, the best first, those that are equal by their ids. There are few scores, so
// that each device is put at its place once it is known how many are better: a quarter of the memory and of the time of
// sorting them.
func best(ctx context.Context, chunks []*chunk, byID []Slot, q Query, m *room, out []Slot) ([]Slot, error) {
	m.scores = slices.Grow(m.scores[:0], len(byID))[:len(byID)]
	count := map[uint32]int{}
	for place, s := range byID {
		if place%slice == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		score, ok := q.Score(idOf(chunks, s))
		if !ok {
			score = 0
		} else {
			count[uint32(score)]++
		}
		m.scores[place] = uint32(score)
	}
	next, fitting := places(count)
	out = slices.Grow(out[:0], fitting)[:fitting]
	for place, score := range m.scores {
		if score != 0 {
			out[next[score]] = byID[place]
			next[score]++
		}
	}
	return out, ctx.Err()
}

// places are where the first of each score comes, and how many there are of all.
func places(count map[uint32]int) (next map[uint32]int, all int) {
	next = make(map[uint32]int, len(count))
	for _, score := range slices.Backward(slices.Sorted(maps.Keys(count))) {
		next[score] = all
		all += count[score]
	}
	return next, all
}
