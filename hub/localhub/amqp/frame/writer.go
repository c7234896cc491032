package frame

// writer appends the list of a composite, with all the fields that its type
// has: nulls at the end could be left out (8.1), but the service writes them,
// and the AMQP client in the Event Hubs SDK for Python takes fields by their
// index without looking how many there are.
type writer struct {
	buf    []byte
	mark   int
	count  int
	fields int
}

// fieldCounts tells how many fields the composites have that a server sends.
var fieldCounts = [descOutcome + 1]int{
	descOpen: 10, descBegin: 8, descAttach: 14, descFlow: 11, descTransfer: transferFields, descDisposition: 6,
	descDetach: 3, descEnd: 1, descClose: 1, descError: 3,
	descReceived: 2, descRejected: 1, descModified: 3, descSource: 11, descTarget: 7,
	descMechanisms: 1, descInit: 3, descChallenge: 1, descResponse: 1, descOutcome: 2,
}

func begin(dst []byte, descriptor uint64) writer {
	dst = appendUlong(append(dst, codeDescribed), descriptor)
	dst, mark := openBlock(dst, codeList32)
	return writer{buf: dst, mark: mark, fields: fieldCounts[descriptor]}
}

func (w *writer) keep() { w.count++ }

func (w *writer) null() {
	w.buf = append(w.buf, codeNull)
	w.keep()
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
	for w.count < w.fields {
		w.null()
	}
	return closeBlock(w.buf, w.mark, w.count)
}

// opt appends a field that may be absent.
func opt[T any](w *writer, o Opt[T]) {
	if !o.Set {
		w.null()
		return
	}
	w.put(o.Value)
}
