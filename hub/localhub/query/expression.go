package query

import (
	"math"
)

// expression is a node of the syntax tree.
type expression interface {
	// eval must be safe for concurrent use and take time bounded by the text and the row.
	eval(Row) Value
	// children are the operands.
	children() []expression
}

type (
	literal struct{ value Value }

	pathExpr struct {
		path   Path
		offset int
	}

	// list is an array of literals.
	list struct{ elements []Value }

	// logical is AND or OR of two and more.
	logical struct {
		or       bool
		operands []expression
	}

	not struct{ operand expression }

	comparison struct {
		operator    string
		left, right expression
	}

	membership struct {
		value    expression
		elements []Value
		negated  bool
	}

	arithmetic struct {
		operator    byte
		left, right expression
	}

	callExpr struct {
		name string // in capitals
		call func(args []Value) Value
		args []expression
	}
)

func (l literal) eval(Row) Value    { return l.value }
func (p pathExpr) eval(r Row) Value { return r.Find(p.path) }

// eval of AND and OR: an operand that is not boolean leaves the outcome open,
// unless another one decides it (protocol 3.1).
func (l logical) eval(r Row) Value {
	open := false
	for _, operand := range l.operands {
		v := operand.eval(r)
		if v.kind != Bool {
			open = true
			continue
		}
		if v.isTrue() == l.or {
			return v
		}
	}
	if open {
		return Value{}
	}
	return boolean(!l.or)
}

func (n not) eval(r Row) Value {
	v := n.operand.eval(r)
	if v.kind != Bool {
		return Value{}
	}
	return boolean(!v.isTrue())
}

func (c comparison) eval(r Row) Value {
	order, ok := c.left.eval(r).compare(c.right.eval(r))
	if !ok {
		return incomparable
	}
	return boolean(holds(c.operator, order))
}

func (m membership) eval(r Row) Value {
	v := m.value.eval(r)
	if m.negated {
		return notIn(v, m.elements)
	}
	for _, e := range m.elements {
		if v.equal(e) {
			return boolean(true)
		}
	}
	return boolean(false)
}

// eval of what are not two numbers, and of a division by zero, is undefined.
func (a arithmetic) eval(r Row) Value {
	left, right := a.left.eval(r), a.right.eval(r)
	if left.kind != Number || right.kind != Number {
		return Value{}
	}
	x, y := left.num, right.num
	switch a.operator {
	case '+':
		return number(x + y)
	case '-':
		return number(x - y)
	case '*':
		return number(x * y)
	case '/':
		return number(x / y)
	}
	return number(math.Mod(x, y))
}

func (c callExpr) eval(r Row) Value {
	var few [4]Value // keeps most calls off the heap
	args := few[:0]
	for _, a := range c.args {
		args = append(args, a.eval(r))
	}
	return c.call(args)
}

// eval of an array of literals: as JSON, for the functions that take arrays.
func (l list) eval(Row) Value {
	text := []byte{'['}
	for i, e := range l.elements {
		if i > 0 {
			text = append(text, ',')
		}
		text = e.appendJSON(text)
	}
	return Value{kind: Array, text: string(append(text, ']'))}
}

func (literal) children() []expression      { return nil }
func (pathExpr) children() []expression     { return nil }
func (list) children() []expression         { return nil }
func (l logical) children() []expression    { return l.operands }
func (n not) children() []expression        { return []expression{n.operand} }
func (c comparison) children() []expression { return []expression{c.left, c.right} }
func (m membership) children() []expression { return []expression{m.value} }
func (a arithmetic) children() []expression { return []expression{a.left, a.right} }
func (c callExpr) children() []expression   { return c.args }

// paths gives all paths in an expression.
func paths(e expression, yield func(pathExpr)) {
	if p, ok := e.(pathExpr); ok {
		yield(p)
	}
	for _, child := range e.children() {
		paths(child, yield)
	}
}
