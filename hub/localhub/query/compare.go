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

// isComparison tells whether a symbol compares.
func isComparison(symbol string) bool {
	switch symbol {
	case "=", "!=", "<>", "<", "<=", ">", ">=":
		return true
	}
	return false
}

// holds tells what an operator says of the order of its two sides.
func holds(operator string, order int) bool {
	switch operator {
	case "=":
		return order == 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	}
	return order != 0
}
