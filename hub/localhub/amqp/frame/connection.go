package frame

import "math"

// Open begins a connection.
type Open struct {
	ContainerID  string
	Hostname     string
	MaxFrameSize uint32 // bytes; 4294967295 when absent
	ChannelMax   uint16 // 65535 when absent
	IdleTimeout  uint32 // milliseconds; 0 = none
	Properties   Map
}

func (o *Open) decode(f *fields) {
	o.ContainerID = must[string](f)
	o.Hostname = read[string](f).Value
	o.MaxFrameSize = read[uint32](f).Or(math.MaxUint32)
	o.ChannelMax = read[uint16](f).Or(math.MaxUint16)
	o.IdleTimeout = read[uint32](f).Value
	f.any() // outgoing-locales
	f.any() // incoming-locales
	f.any() // offered-capabilities
	f.any() // desired-capabilities
	o.Properties = read[Map](f).Value
}

func (o *Open) appendTo(dst []byte) []byte {
	w := begin(dst, descOpen)
	w.string(o.ContainerID)
	if o.Hostname == "" {
		w.null()
	} else {
		w.string(o.Hostname)
	}
	w.uint(o.MaxFrameSize)
	w.put(o.ChannelMax)
	if o.IdleTimeout == 0 {
		w.null()
	} else {
		w.uint(o.IdleTimeout)
	}
	w.null() // outgoing-locales
	w.null() // incoming-locales
	w.null() // offered-capabilities
	w.null() // desired-capabilities
	w.pairs(o.Properties)
	return w.end()
}

// Close ends a connection.
type Close struct{ Error *Error }

func (c *Close) decode(f *fields)           { c.Error = readError(f) }
func (c *Close) appendTo(dst []byte) []byte { return appendOnlyError(dst, descClose, c.Error) }

// Error tells why a link, session or connection ended.
type Error struct {
	Condition   string
	Description string
	Info        Map
}

func (e *Error) Error() string {
	if e.Description == "" {
		return e.Condition
	}
	return e.Condition + ": " + e.Description
}

func (e *Error) appendTo(dst []byte) []byte {
	w := begin(dst, descError)
	w.put(Symbol(e.Condition))
	if e.Description == "" {
		w.null()
	} else {
		w.string(e.Description)
	}
	w.pairs(e.Info)
	return w.end()
}

// readError reads a field that holds an error.
func readError(f *fields) *Error {
	inner, ok := nested(f, descError)
	if !ok {
		return nil
	}
	e := &Error{
		Condition:   inner.text(),
		Description: read[string](inner).Value,
		Info:        read[Map](inner).Value,
	}
	f.adopt(inner)
	return e
}

func appendOnlyError(dst []byte, descriptor uint64, e *Error) []byte {
	w := begin(dst, descriptor)
	w.error(e)
	return w.end()
}

func (w *writer) error(e *Error) {
	if e == nil {
		w.null()
		return
	}
	w.put(e)
}

// nested opens the list of a composite within a field, which must have one of
// the descriptors wanted.
func nested(f *fields, want uint64) (*fields, bool) {
	descriptor, inner, ok := nestedAny(f)
	if !ok {
		return nil, false
	}
	if descriptor != want {
		f.fail("has an unexpected descriptor")
		return nil, false
	}
	return inner, true
}

func nestedAny(f *fields) (descriptor uint64, inner *fields, ok bool) {
	if !f.next() {
		return 0, nil, false
	}
	descriptor, list, rest, err := composite(f.in.buf)
	if err != nil {
		f.fail(err.Error())
		return 0, nil, false
	}
	f.in.buf = rest
	list.name = f.name
	return descriptor, &list, true
}

// adopt takes over the error of a nested list.
func (f *fields) adopt(inner *fields) {
	if f.err == nil {
		f.err = inner.err
	}
}
