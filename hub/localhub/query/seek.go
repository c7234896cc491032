package query

import (
	"maps"
	"slices"
)

// values gives the only values of a row's leading member that where can be true
// for, when where says so: member = 'text' and member IN [...].
func values(where expression, member string) (wanted map[string]bool, ok bool) {
	switch e := where.(type) {
	case comparison:
		if !e.equality {
			return nil, false
		}
		if v, ok := e.right.(literal); ok && is(e.left, member) {
			return texts(v.value), true
		}
		if v, ok := e.left.(literal); ok && is(e.right, member) {
			return texts(v.value), true
		}
	case membership:
		if !e.negated && is(e.value, member) {
			return texts(e.elements...), true
		}
	case logical:
		if e.or {
			return union(e.operands, member)
		}
		return intersection(e.operands, member)
	}
	return nil, false
}

func is(e expression, member string) bool {
	p, ok := e.(pathExpr)
	return ok && len(p.path) == 1 && p.path[0].Name == member
}

// texts leaves out what no id can equal.
func texts(values ...Value) map[string]bool {
	set := make(map[string]bool, len(values))
	for _, v := range values {
		if v.kind == String && v.text != "" {
			set[v.text] = true
		}
	}
	return set
}

func union(operands []expression, member string) (map[string]bool, bool) {
	all := map[string]bool{}
	for _, operand := range operands {
		wanted, ok := values(operand, member)
		if !ok {
			return nil, false
		}
		maps.Copy(all, wanted)
	}
	return all, true
}

func intersection(operands []expression, member string) (common map[string]bool, ok bool) {
	for _, operand := range operands {
		wanted, limits := values(operand, member)
		switch {
		case !limits:
			continue
		case ok:
			maps.DeleteFunc(common, func(v string, _ bool) bool { return !wanted[v] })
		default:
			common, ok = wanted, true
		}
	}
	return common, ok
}

// prefix gives a text that the leading member must start with for where to be
// true; "" when there is none.
func prefix(where expression, member string) string {
	switch e := where.(type) {
	case callExpr:
		if e.name != "STARTSWITH" && e.name != "STARTS_WITH" || !is(e.args[0], member) {
			return ""
		}
		if v, ok := e.args[1].(literal); ok && v.value.kind == String {
			return v.value.text
		}
	case logical:
		if e.or {
			return ""
		}
		for _, operand := range e.operands {
			if p := prefix(operand, member); p != "" {
				return p
			}
		}
	}
	return ""
}

// before is a key that is less than all keys with the prefix, and not less than
// all others before them. No key has a byte 0xff, which UTF-8 does not have.
func before(prefix string) string {
	last := len(prefix) - 1
	if prefix[last] == 0 {
		return prefix[:last]
	}
	return prefix[:last] + string([]byte{prefix[last] - 1, 0xff})
}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
