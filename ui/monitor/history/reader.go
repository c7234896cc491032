package history

import (
	"math"
	"strings"
	"time"

	"hubscope/hub/events"
)

// reader reads a record. The texts that it gives point into the chunk, unless own: then they have memory of their own.
type reader struct {
	c    *chunk
	rest string
	own  bool
}

func (r *reader) uvarint() uint64 {
	if b := r.rest[0]; b < 0x80 { // nearly always
		r.rest = r.rest[1:]
		return uint64(b)
	}
	return r.longUvarint()
}

func (r *reader) longUvarint() uint64 {
	var n uint64
	for i, shift := 0, uint(0); i < len(r.rest); i, shift = i+1, shift+7 {
		b := r.rest[i]
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			r.rest = r.rest[i+1:]
			break
		}
	}
	return n
}

func (r *reader) varint() int64 {
	n := r.uvarint()
	return int64(n>>1) ^ -int64(n&1)
}

func (r *reader) text() string {
	n := r.uvarint()
	s := r.rest[:n]
	r.rest = r.rest[n:]
	if r.own {
		return strings.Clone(s)
	}
	return s
}

func (r *reader) time() time.Time {
	zone := r.uvarint()
	if zone == noTime {
		return time.Time{}
	}
	seconds := r.varint()
	t := time.Unix(seconds, int64(r.uvarint()))
	switch zone {
	case utc:
		return t.UTC()
	case local:
		return t
	}
	return t.In(r.c.zones[zone-named])
}

// event reads what is there but the attributes: the reader stands before them then.
func (r *reader) event(e *Event, body uint32) {
	h := &r.c.heads[r.uvarint()]
	*e = Event{Event: events.Event{
		Partition: h.partition, DeviceID: h.device, ModuleID: h.module,
		ContentType: h.contentType, ContentEncoding: h.contentEncoding, Source: h.source,
	}}
	e.Sequence = r.varint()
	e.Enqueued, e.Received = r.time(), r.time()
	e.MessageID, e.CorrelationID, e.Offset = r.text(), r.text(), r.text()
	e.Body = r.body(body)
}

// lists reads the attributes of an event; to is memory for them.
func (r *reader) lists(e *Event, to []Attribute) []Attribute {
	s := r.c.shapes[r.uvarint()]
	for _, name := range s.names {
		to = append(to, Attribute{name, r.value()})
	}
	e.Application, e.Annotations = to[:s.split:s.split], to[s.split:len(to):len(to)]
	return to
}

// body is nil where it was nil.
func (r *reader) body(at uint32) []byte {
	n := int(r.uvarint()) - 1
	switch {
	case n < 0:
		return nil
	case n == 0:
		return []byte{}
	case n >= largeBody:
		return r.c.large[at]
	}
	body := r.c.bodies[at : int(at)+n : int(at)+n]
	if r.own {
		return append([]byte{}, body...)
	}
	return body
}

func (r *reader) value() any {
	kind := r.rest[0]
	r.rest = r.rest[1:]
	switch kind {
	case again:
		return r.c.values[r.uvarint()]
	case other:
		return r.c.others[r.uvarint()]
	case text:
		return r.text()
	case binaryValue:
		return []byte(r.text())
	case yes, no:
		return kind == yes
	case int32Value:
		return int32(r.varint())
	case int64Value:
		return r.varint()
	case uint32Value:
		return uint32(r.uvarint())
	case uint64Value:
		return r.uvarint()
	case float64Value:
		return math.Float64frombits(r.uvarint())
	case timeValue:
		return r.time()
	}
	return nil
}
