package roster

import "slices"

// A chunk holds the entries of up to chunkSize slots. Snapshots share chunks: one that was made before the last
// snapshot is copied before it is changed, but for what is appended, which lies behind what the snapshot sees.
const (
	chunkBits = 10
	chunkSize = 1 << chunkBits
	chunkMask = chunkSize - 1
)

type chunk struct {
	made   uint64 // the number of snapshots then
	ids    texts
	words  []word
	pages  []uint32 // no snapshot looks at these
	values []texts  // a chosen column each
}

func newChunk(made uint64, columns int) *chunk {
	c := &chunk{made: made, ids: newTexts(), words: make([]word, 0, chunkSize), pages: make([]uint32, 0, chunkSize)}
	for range columns {
		c.values = append(c.values, newTexts())
	}
	return c
}

// copied is a chunk whose words and values may be changed.
func (c *chunk) copied(made uint64) *chunk {
	out := *c
	out.made = made
	out.words = append(make([]word, 0, chunkSize), c.words...)
	out.values = slices.Clone(c.values)
	return &out
}

func (c *chunk) append(e Entry, page uint32) {
	c.ids.append(e.ID)
	c.words = append(c.words, e.word())
	c.pages = append(c.pages, page)
	for i := range c.values {
		c.values[i].append(valueOf(e, i))
	}
}

// cut is the longest value of a column that is kept, in bytes.
const cut = 64

func valueOf(e Entry, i int) string {
	if i >= len(e.Values) {
		return ""
	}
	v := e.Values[i]
	return v[:min(len(v), cut)]
}
