package frame

import "fmt"

// fields reads the list of a composite field by field. The first error stays;
// fields beyond the end of the list are absent.
type fields struct {
	name string
	in   decoder
	left int
	pos  int
	err  error
}

// composite reads a descriptor and the head of the list that follows it, and
// returns what comes after the list.
func composite(b []byte) (descriptor uint64, f fields, rest []byte, err error) {
	d := decoder{buf: b}
	code, err := d.code()
	if err != nil {
		return 0, fields{}, nil, err
	}
	if code != codeDescribed {
		return 0, fields{}, nil, malformed("performative with type code 0x%02x", code)
	}
	descriptor, err = d.descriptor()
	if err != nil {
		return 0, fields{}, nil, err
	}
	f, err = d.list()
	return descriptor, f, d.buf, err
}

// descriptor reads a numeric descriptor, or the symbol that stands for one.
func (d *decoder) descriptor() (uint64, error) {
	v, err := d.value(MaxDepth) // a descriptor of a performative is not compound
	if err != nil {
		return 0, err
	}
	return code(v)
}

func code(descriptor any) (uint64, error) {
	switch t := descriptor.(type) {
	case uint64:
		return t, nil
	case Symbol:
		if n, ok := symbolic[t]; ok {
			return n, nil
		}
	}
	return 0, malformed("descriptor %.40q", fmt.Sprint(descriptor))
}

func (d *decoder) list() (fields, error) {
	code, err := d.code()
	if err != nil {
		return fields{}, err
	}
	switch code {
	case codeList0:
		return fields{}, nil
	case codeList8, codeList32:
		count, inner, err := d.block(code)
		return fields{in: inner, left: count}, err
	}
	return fields{}, malformed("composite with type code 0x%02x", code)
}

// next tells whether the next field is there and not null; a null is consumed.
func (f *fields) next() bool {
	f.pos++
	if f.err != nil || f.left == 0 {
		return false
	}
	f.left--
	if len(f.in.buf) == 0 {
		f.fail("is missing")
		return false
	}
	if f.in.buf[0] == codeNull {
		f.in.buf = f.in.buf[1:]
		return false
	}
	return true
}

func (f *fields) fail(what string) {
	if f.err == nil {
		f.err = malformed("field %d of %s %s", f.pos, f.name, what)
	}
}

// read decodes the next field as a T.
func read[T any](f *fields) Opt[T] {
	if !f.next() {
		return Opt[T]{}
	}
	v, err := f.in.value(2)
	if err != nil {
		f.fail(err.Error())
		return Opt[T]{}
	}
	t, ok := v.(T)
	if !ok {
		f.fail(fmt.Sprintf("is a %T", v))
		return Opt[T]{}
	}
	return Some(t)
}

// must is read for a mandatory field.
func must[T any](f *fields) T {
	o := read[T](f)
	if !o.Set {
		f.fail("is mandatory")
	}
	return o.Value
}

// raw decodes the next field whatever its type.
func (f *fields) any() any { return read[any](f).Value }

// text reads a field that is a symbol by the standard; strings are accepted.
func (f *fields) text() string {
	v := f.any()
	if v == nil {
		return ""
	}
	t, ok := Text(v)
	if !ok {
		f.fail(fmt.Sprintf("is a %T", v))
	}
	return t
}

// symbols reads a multiple-valued symbol: one, or an array of them (8.2).
func (f *fields) symbols() []Symbol {
	var out []Symbol
	add := func(v any) {
		if t, ok := Text(v); ok {
			out = append(out, Symbol(t))
		}
	}
	switch t := f.any().(type) {
	case Array:
		for _, v := range t.Items {
			add(v)
		}
	default:
		add(t)
	}
	return out
}

// end reports the first error of any field.
func (f *fields) end() error { return f.err }

// writer appends the list of a composite; nulls at its end are left out.
type writer struct {
	buf         []byte
	mark        int
	count, kept int
	keptLen     int
}

func begin(dst []byte, descriptor uint64) writer {
	dst = appendUlong(append(dst, codeDescribed), descriptor)
	dst, mark := openBlock(dst, codeList32)
	return writer{buf: dst, mark: mark, keptLen: len(dst)}
}

func (w *writer) keep() {
	w.count++
	w.kept, w.keptLen = w.count, len(w.buf)
}

func (w *writer) null() {
	w.buf = append(w.buf, codeNull)
	w.count++
}

// put appends a field; nil is null.
func (w *writer) put(v any) {
	if v == nil {
		w.null()
		return
	}
	w.buf = AppendValue(w.buf, v)
	w.keep()
}

func (w *writer) uint(v uint32) {
	w.buf = appendUint(w.buf, v)
	w.keep()
}

func (w *writer) bool(v bool) {
	w.buf = appendBool(w.buf, v)
	w.keep()
}

// flag appends a boolean whose default is false.
func (w *writer) flag(v bool) {
	if !v {
		w.null()
		return
	}
	w.bool(true)
}

func (w *writer) string(v string) {
	w.buf = appendVariable(w.buf, codeString8, v)
	w.keep()
}

func (w *writer) symbolOrNull(v string) {
	if v == "" {
		w.null()
		return
	}
	w.put(Symbol(v))
}

func (w *writer) symbols(v []Symbol) {
	if len(v) == 0 {
		w.null()
		return
	}
	w.put(v)
}

func (w *writer) pairs(v Map) {
	if len(v) == 0 {
		w.null()
		return
	}
	w.put(v)
}

func (w *writer) end() []byte {
	if w.kept == 0 {
		return append(w.buf[:w.mark-9], codeList0)
	}
	return closeBlock(w.buf[:w.keptLen], w.mark, w.kept)
}

// opt appends a field that may be absent.
func opt[T any](w *writer, o Opt[T]) {
	if !o.Set {
		w.null()
		return
	}
	w.put(o.Value)
}
