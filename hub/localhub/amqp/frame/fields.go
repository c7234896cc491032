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
