package pattern

import (
	"iter"
	"slices"
)

// MaxIDs is how many ids a pattern may stand for: as many as a hub has device identities (protocol 9).
const MaxIDs = 1_000_000

// Pattern stands for a list of device ids, each in it once. It does not change and may be used
// concurrently; the zero value stands for none.
type Pattern struct {
	text  string
	parts []part
	count int
}

// String is the text that was parsed.
func (p Pattern) String() string { return p.text }

// Len is the number of ids, at most [MaxIDs].
func (p Pattern) Len() int { return p.count }

// At gives id i, counted from 0. It panics, as an index of a slice does, when there is no such id.
func (p Pattern) At(i int) string {
	if i < 0 || i >= p.count {
		panic("pattern: index out of range")
	}
	return string(p.append(nil, i))
}

// append works from the right, where the part stands that changes fastest.
func (p Pattern) append(b []byte, i int) []byte {
	var room [16]int
	places := room[:0]
	for _, part := range slices.Backward(p.parts) {
		n := part.len()
		places = append(places, i%n)
		i /= n
	}
	for k, part := range p.parts {
		b = part.append(b, places[len(places)-1-k])
	}
	return b
}

// All gives the ids in order.
func (p Pattern) All() iter.Seq[string] {
	return func(yield func(string) bool) {
		var b []byte
		for i := range p.count {
			b = p.append(b[:0], i)
			if !yield(string(b)) {
				return
			}
		}
	}
}

// IDs gives all ids in order.
func (p Pattern) IDs() []string {
	return slices.AppendSeq(make([]string, 0, p.count), p.All())
}
