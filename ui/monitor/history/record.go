package history

import (
	"encoding/binary"
	"math"
	"time"
)

// Kinds of values in a record.
const (
	nothing byte = iota
	again        // in the values of the chunk
	other        // in the others of the chunk
	text
	binaryValue
	yes
	no
	int32Value
	int64Value
	uint32Value
	uint64Value
	float64Value
	timeValue
)

// Zones of times in a record; from named on they are in the zones of the chunk.
const (
	noTime = iota
	utc
	local
	named
)

// A record that is being written.
type record []byte

func (r *record) uvarint(n uint64) { *r = binary.AppendUvarint(*r, n) }

func (r *record) varint(n int64) { *r = binary.AppendVarint(*r, n) }

func (r *record) text(s string) {
	r.uvarint(uint64(len(s)))
	*r = append(*r, s...)
}

func (r *record) time(c *chunk, t time.Time) {
	if t.IsZero() {
		r.uvarint(noTime)
		return
	}
	r.uvarint(c.zone(t.Location()))
	r.varint(t.Unix())
	r.uvarint(uint64(t.Nanosecond()))
}

// value writes one that does not come again, and tells what it holds beside the record.
func (r *record) value(c *chunk, value any) (beside int) {
	kind := func(k byte) { *r = append(*r, k) }
	switch v := value.(type) {
	case nil:
		kind(nothing)
	case string:
		kind(text)
		r.text(v)
	case []byte:
		kind(binaryValue)
		r.uvarint(uint64(len(v)))
		*r = append(*r, v...)
	case bool:
		if v {
			kind(yes)
		} else {
			kind(no)
		}
	case int32:
		kind(int32Value)
		r.varint(int64(v))
	case int64:
		kind(int64Value)
		r.varint(v)
	case uint32:
		kind(uint32Value)
		r.uvarint(uint64(v))
	case uint64:
		kind(uint64Value)
		r.uvarint(v)
	case float64:
		kind(float64Value)
		r.uvarint(math.Float64bits(v))
	case time.Time:
		kind(timeValue)
		r.time(c, v)
	default:
		const about = 64
		kind(other)
		r.uvarint(uint64(len(c.others)))
		c.others = append(c.others, v)
		return about
	}
	return 0
}
