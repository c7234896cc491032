package frame

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
