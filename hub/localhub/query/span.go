package query

import (
	"cmp"
	"slices"
	"strings"
)

// spans are apart from each other and in order; none at all have no rows.
type spans []Span

var everything = spans{{}}

// spansOf gives the rows that where can be true for, as far as it says so of the
// leading member: member = 'text', IN, < and its like, STARTSWITH, and what AND
// and OR make of them (protocol 3.1, 3.2). All others need not be read.
func spansOf(where expression, member string) spans {
	switch e := where.(type) {
	case comparison:
		if v, ok := e.right.(literal); ok && is(e.left, member) {
			return compared(e.operator, v.value)
		}
		if v, ok := e.left.(literal); ok && is(e.right, member) {
			return compared(mirrored(e.operator), v.value)
		}
	case membership:
		if !e.negated && is(e.value, member) {
			return anyOf(e.elements)
		}
	case callExpr:
		if e.name != "STARTSWITH" && e.name != "STARTS_WITH" || !is(e.args[0], member) {
			break
		}
		if v, ok := e.args[1].(literal); ok && v.value.kind == String {
			return spans{{v.value.text, following(v.value.text)}}
		}
	case logical:
		all := spansOf(e.operands[0], member)
		for _, operand := range e.operands[1:] {
			if e.or {
				all = union(append(all, spansOf(operand, member)...))
			} else {
				all = all.intersect(spansOf(operand, member))
			}
		}
		return all
	}
	return everything
}

func is(e expression, member string) bool {
	p, ok := e.(pathExpr)
	return ok && len(p.path) == 1 && p.path[0].Name == member
}

// compared gives what is left of all rows by a comparison of the leading member;
// none when it is compared to what is no string.
func compared(operator string, v Value) spans {
	if v.kind != String {
		return nil
	}
	behind := v.text + "\x01" // all keys that begin with this very member
	switch operator {
	case "=":
		return spans{{v.text, behind}}
	case "<":
		if v.text == "" {
			return nil
		}
		return spans{{"", v.text}}
	case "<=":
		return spans{{"", behind}}
	case ">":
		return spans{{behind, ""}}
	case ">=":
		return spans{{v.text, ""}}
	}
	return everything
}

// mirrored is the operator when the sides change places.
func mirrored(operator string) string {
	return strings.NewReplacer("<", ">", ">", "<").Replace(operator)
}

func anyOf(values []Value) spans {
	var all spans
	for _, v := range values {
		all = append(all, compared("=", v)...)
	}
	return union(all)
}

// following is the first text behind all that begin with prefix; "" when there is
// none.
func following(prefix string) string {
	for last := len(prefix) - 1; last >= 0; last-- {
		if prefix[last] != 0xff {
			return prefix[:last] + string([]byte{prefix[last] + 1})
		}
	}
	return ""
}

// empty tells that no key can be in the span.
func (s Span) empty() bool { return s.Until != "" && s.Until <= s.From }

func (s Span) within(t Span) Span {
	s.From = max(s.From, t.From)
	if s.Until == "" || t.Until != "" && t.Until < s.Until {
		s.Until = t.Until
	}
	return s
}

// union joins spans that touch, and puts them in order.
func union(all spans) spans {
	slices.SortFunc(all, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	var joined spans
	for _, s := range all {
		last := len(joined) - 1
		switch {
		case s.empty():
		case last < 0 || joined[last].Until != "" && joined[last].Until < s.From:
			joined = append(joined, s)
		case joined[last].Until != "" && (s.Until == "" || s.Until > joined[last].Until):
			joined[last].Until = s.Until
		}
	}
	return joined
}

func (s spans) intersect(t spans) spans {
	var common spans
	for _, a := range s {
		for _, b := range t {
			common = append(common, a.within(b))
		}
	}
	return union(common)
}
