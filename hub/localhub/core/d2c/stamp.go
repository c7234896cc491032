package d2c

import (
	"encoding/binary"
	"strconv"
)

const (
	keySequence = "x-opt-sequence-number"
	keyOffset   = "x-opt-offset"
	keyEnqueued = "x-opt-enqueued-time"

	maxDigits = 20
	// headroom is what Stamp writes at most: section, map with size and count,
	// then three annotations.
	headroom = 3 + 9 +
		2 + len(keySequence) + 9 +
		2 + len(keyOffset) + 2 + maxDigits +
		2 + len(keyEnqueued) + 9
	stampedCount = 6
)

// Draft is an event that waits for its place in the log.
type Draft struct {
	// buf is headroom, then annotations bytes of annotations, then the other
	// sections.
	buf         []byte
	annotations int
	count       int
}

// Size is about the length of what Stamp returns, in bytes.
func (d Draft) Size() int { return len(d.buf) }

// Stamp completes the event with the annotations that the log gives, and
// returns its encoding. It may be called again with other values, until the
// result of the first call is in use. Enqueued is in ms since 1970.
func (d Draft) Stamp(sequence, offset, enqueued int64) []byte {
	var digits [maxDigits]byte
	text := strconv.AppendInt(digits[:0], offset, 10)

	start := maxDigits - len(text)
	b := appendSection(d.buf[start:start], sectionAnnotations)
	b = append(b, codeMap32, 0, 0, 0, 0, 0, 0, 0, 0)
	counted := len(b)
	b = appendLong(appendSymbol(b, keySequence), sequence)
	b = appendString(appendSymbol(b, keyOffset), string(text))
	b = appendTimestamp(appendSymbol(b, keyEnqueued), enqueued)
	binary.BigEndian.PutUint32(b[counted-8:], uint32(4+len(b)-counted+d.annotations))
	binary.BigEndian.PutUint32(b[counted-4:], uint32(stampedCount+d.count))
	return d.buf[start:]
}
