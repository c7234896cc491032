package history

// closed are the attributes of an event as they are kept. Most tests need none of them, and to take them out costs more
// than all the rest of an event. The zero closed has nothing in it.
type closed struct {
	record reader
	room   *[]Attribute // memory to take them out to
}

// Open takes the attributes out, for an event that a Test is given: its lists are nil until then.
func (e *Event) Open() {
	if e.closed.record.c == nil {
		return
	}
	r, room := e.closed.record, e.closed.room
	e.closed = closed{}
	*room = r.lists(e, (*room)[:0])
}

// AnyProperty tells whether is holds for the name or the text of an application property. It takes none of them out.
func (e *Event) AnyProperty(is func(text string) bool) bool {
	if e.closed.record.c == nil {
		for _, a := range e.Application {
			if is(a.Name) || is(a.Text()) {
				return true
			}
		}
		return false
	}
	r := e.closed.record
	s := r.c.shapes[r.uvarint()]
	for _, name := range s.names[:s.split] {
		if is(name) || is(r.valueText()) {
			return true
		}
	}
	return false
}

// valueText is the next value as text.
func (r *reader) valueText() string {
	if r.rest[0] == text {
		r.rest = r.rest[1:]
		return r.text()
	}
	return Attribute{Value: r.value()}.Text()
}
