package history

import (
	"hubscope/hub/events"
	"hubscope/ui/stream"
)

// store is a ring of events in chunks. It costs the garbage collector next to nothing to have many of them.
type store struct {
	*stream.Ring[entry]
	chunks []*chunk // in order of their serials, without gaps
	next   uint32   // serial of the next chunk
	writer writer

	seen  Event // the event that was looked at last
	at    uint64
	holds bool
	lists []Attribute // of seen
}

func newStore(keep stream.Limit) *store {
	return &store{Ring: stream.NewRing(keep, func(e entry) int { return int(e.bytes) }), writer: newWriter()}
}

// Append keeps an event and gives its number. The event is the one that Ref gives until it is asked for another.
func (s *store) Append(e *events.Event) uint64 {
	s.lists = s.writer.list(s.lists[:0], e)
	s.seen.Event, s.seen.closed = *e, closed{}
	s.seen.Properties, s.seen.System = nil, nil
	split := s.writer.shape.split
	s.seen.Application, s.seen.Annotations = s.lists[:split:split], s.lists[split:]
	return s.pack()
}

// AppendKept is Append for an event that has lists already.
func (s *store) AppendKept(e Event) uint64 {
	s.lists = append(append(s.lists[:0], e.Application...), e.Annotations...)
	s.writer.know(s.lists, len(e.Application))
	s.seen = e
	return s.pack()
}

func (s *store) pack() uint64 {
	s.at = s.Ring.Append(s.writer.pack(s.open(), &s.seen, s.lists))
	s.holds = true
	s.drop()
	return s.at
}

// open gives the chunk for the next event.
func (s *store) open() *chunk {
	var last *chunk
	if n := len(s.chunks); n > 0 {
		if last = s.chunks[n-1]; last.size < chunkSize {
			return last
		}
	}
	c := &chunk{serial: s.next}
	s.next++
	if last != nil { // most likely what comes is like what came
		const spare = 16
		c.bodies = make([]byte, 0, len(last.bodies)+len(last.bodies)/spare)
		c.texts.Grow(last.texts.Len() + last.texts.Len()/spare)
	}
	s.chunks = append(s.chunks, c)
	return c
}

// drop lets go of chunks whose events have all fallen out.
func (s *store) drop() {
	oldest := s.Ring.Ref(s.First())
	for s.chunks[0].serial != oldest.chunk {
		s.chunks[0] = nil
		s.chunks = s.chunks[1:]
	}
}

// Ref gives an event by its number, nil when it has fallen out. It is good until the next call of Ref or Append, what
// its body and texts are for good; but to hold them holds the chunk that they are in.
func (s *store) Ref(n uint64) *Event {
	e := s.Closed(n)
	if e != nil {
		e.Open()
	}
	return e
}

// Closed is Ref for who may not need the attributes: Open takes them out.
func (s *store) Closed(n uint64) *Event {
	if s.holds && s.at == n && n >= s.First() {
		return &s.seen
	}
	e := s.Ring.Ref(n)
	if e == nil {
		return nil
	}
	r := s.reader(e)
	r.event(&s.seen, e.body)
	s.seen.closed = closed{r, &s.lists}
	s.at, s.holds = n, true
	return &s.seen
}

// Copy gives an event with memory of its own, nil when it has fallen out.
func (s *store) Copy(n uint64) *Event {
	e := s.Ring.Ref(n)
	if e == nil {
		return nil
	}
	r := s.reader(e)
	r.own = true
	own := new(Event)
	r.event(own, e.body)
	r.lists(own, nil)
	return own
}

func (s *store) reader(e *entry) reader {
	c := s.chunks[e.chunk-s.chunks[0].serial]
	return reader{c: c, rest: c.texts.String()[e.text:]}
}

// Clear forgets all events.
func (s *store) Clear() {
	s.Ring.Clear()
	s.chunks, s.holds, s.lists, s.seen = nil, false, nil, Event{}
	s.writer = newWriter()
}
