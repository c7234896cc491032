package history

import (
	"cmp"
	"slices"

	"hubscope/hub/events"
)

// writer writes records. It knows what came before, so that what comes again is found at once.
type writer struct {
	heads  map[head]*knownHead
	shapes map[string]*knownShape
	values map[string]*knownValue
	names  Pool

	head  *knownHead
	shape *knownShape // of the event that comes next
	room  record
	key   record
}

// Places of what is known in the chunk with the serial.
type place struct {
	serial, at uint32
	placed     bool
}

type (
	knownHead struct {
		head
		place
		shape *knownShape // of its last event
	}
	knownShape struct {
		*shape
		place
		habits []habit
	}
	knownValue struct {
		place
		text  string
		value any
	}
)

// habit is how the values of a name are: whether it pays to look for one among those that came before.
type habit struct {
	last     *knownValue
	hit, not int
}

func newWriter() writer {
	return writer{heads: map[head]*knownHead{}, shapes: map[string]*knownShape{}, values: map[string]*knownValue{}, names: Pool{}}
}

// in puts what is known into a chunk, and gives its place there.
func (p *place) in(c *chunk, put func() int) (at uint64, added bool) {
	if !p.placed || p.serial != c.serial {
		*p = place{c.serial, uint32(put()), true}
		added = true
	}
	return uint64(p.at), added
}

// list gives the attributes of an event in order; its shape is known then.
func (w *writer) list(to []Attribute, e *events.Event) []Attribute {
	w.find(e)
	if s := w.head.shape; s != nil && len(e.Properties) == s.split && len(e.System) == len(s.names)-s.split {
		if to, is := s.list(to, e); is {
			w.shape = s
			return to
		}
	}
	add := func(from map[string]any) {
		start := len(to)
		for name, value := range from {
			to = append(to, Attribute{w.names.text(name), value})
		}
		slices.SortFunc(to[start:], func(a, b Attribute) int { return cmp.Compare(a.Name, b.Name) })
	}
	to = to[:0]
	add(e.Properties)
	add(e.System)
	w.know(to, len(e.Properties))
	w.head.shape = w.shape
	return to
}

// list takes the attributes of an event that has this shape; it tells whether it has.
func (s *knownShape) list(to []Attribute, e *events.Event) ([]Attribute, bool) {
	from := e.Properties
	for i, name := range s.names {
		if i == s.split {
			from = e.System
		}
		value, has := from[name]
		if !has {
			return to[:0], false
		}
		to = append(to, Attribute{name, value})
	}
	return to, true
}

// find makes the head of an event known.
func (w *writer) find(e *events.Event) {
	h := head{e.Partition, e.DeviceID, e.ModuleID, e.ContentType, e.ContentEncoding, e.Source}
	if w.head != nil && w.head.head == h {
		return
	}
	known, is := w.heads[h]
	if !is {
		if len(w.heads) >= maxPooled {
			clear(w.heads)
		}
		known = &knownHead{head: h}
		w.heads[h] = known
	}
	w.head = known
}

// know makes the shape of attributes known.
func (w *writer) know(list []Attribute, split int) {
	w.key = w.key[:0]
	w.key.uvarint(uint64(split))
	for i := range list {
		w.key.text(list[i].Name)
	}
	known, is := w.shapes[string(w.key)]
	if !is {
		if len(w.shapes) >= maxPooled {
			clear(w.shapes)
		}
		names := make([]string, len(list))
		for i := range list {
			names[i] = list[i].Name
		}
		known = &knownShape{shape: &shape{names, split}, habits: make([]habit, len(list))}
		w.shapes[string(w.key)] = known
	}
	w.shape = known
}

// pack writes a record, and the body beside it.
func (w *writer) pack(c *chunk, e *Event, list []Attribute) entry {
	w.find(&e.Event)
	at := entry{chunk: c.serial, text: uint32(c.texts.Len())}
	r, beside := &w.room, entrySize
	*r = (*r)[:0]
	place, added := w.head.in(c, func() int { c.heads = append(c.heads, w.head.head); return len(c.heads) - 1 })
	r.uvarint(place)
	if added {
		const about = 96 + 48
		beside += about
	}
	r.varint(e.Sequence)
	r.time(c, e.Enqueued)
	r.time(c, e.Received)
	r.text(e.MessageID)
	r.text(e.CorrelationID)
	r.text(e.Offset)
	at.body = w.body(c, e.Body)
	place, _ = w.shape.in(c, func() int { c.shapes = append(c.shapes, w.shape.shape); return len(c.shapes) - 1 })
	r.uvarint(place)
	for i := range list {
		if text, is := list[i].Value.(string); is && i >= w.shape.split {
			beside += w.again(c, &w.shape.habits[i], text)
			continue
		}
		beside += r.value(c, list[i].Value)
	}
	c.texts.Write(*r)
	at.bytes = uint32(len(*r) + len(e.Body) + beside)
	c.size += int(at.bytes)
	return at
}

func (w *writer) body(c *chunk, body []byte) (at uint32) {
	switch {
	case body == nil:
		w.room.uvarint(0)
		return 0
	case len(body) >= largeBody:
		c.large = append(c.large, body)
		at = uint32(len(c.large) - 1)
	default:
		at = uint32(len(c.bodies))
		c.bodies = append(c.bodies, body...)
	}
	w.room.uvarint(uint64(len(body)) + 1)
	return at
}

// again writes a text that may have come before.
func (w *writer) again(c *chunk, h *habit, text string) (beside int) {
	const patience = 100
	known := h.last
	if known == nil || known.text != text {
		if len(text) > maxPooledText || h.not > patience && h.not > 2*h.hit {
			return w.room.value(c, text)
		}
		if known = w.values[text]; known == nil {
			if len(w.values) >= maxPooled {
				clear(w.values)
			}
			known = &knownValue{text: text, value: text}
			w.values[text] = known
		}
		h.last = known
	}
	place, added := known.in(c, func() int { c.values = append(c.values, known.value); return len(c.values) - 1 })
	w.room = append(w.room, again)
	w.room.uvarint(place)
	if !added {
		h.hit++
		return 0
	}
	h.not++
	return len(text) + 48
}
