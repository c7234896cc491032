package query

import (
	"cmp"
	"strings"
)

// equal holds between primitives of the same type.
func (v Value) equal(w Value) bool {
	order, ok := v.compare(w)
	return ok && order == 0
}

// compare orders primitives of the same type: strings by their bytes, false
// before true; others can not be compared (protocol 3.1).
func (v Value) compare(w Value) (order int, ok bool) {
	if v.kind != w.kind || !v.primitive() {
		return 0, false
	}
	if v.kind == String {
		return strings.Compare(v.text, w.text), true
	}
	return cmp.Compare(v.num, w.num), true
}

// comparisons tell by the order of the two sides.
var comparisons = map[string]func(order int) bool{
	"=":  func(o int) bool { return o == 0 },
	"!=": func(o int) bool { return o != 0 },
	"<>": func(o int) bool { return o != 0 },
	"<":  func(o int) bool { return o < 0 },
	"<=": func(o int) bool { return o <= 0 },
	">":  func(o int) bool { return o > 0 },
	">=": func(o int) bool { return o >= 0 },
}
