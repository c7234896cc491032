package filter

import (
	"math"
	"regexp"
	"slices"
	"strconv"

	"github.com/expr-lang/expr/ast"

	"hubscope/ui/monitor/field"
)

var fieldRoots = field.Roots()

func isRoot(name string) bool { return slices.Contains(fieldRoots, name) || name == "age" }

// side is one side of a comparison.
type side struct {
	node    ast.Node
	get     operand
	root    string // of the field, "" when it is none
	literal bool
	value   value          // of a literal
	re      *regexp.Regexp // of a literal that is a pattern
}

func (s *side) isNil() bool { return s.literal && s.value.kind == null }

func (s *side) set(v value) {
	s.value = v
	s.get = func(*probe) value { return v }
}

func literalOf(n ast.Node, v value) *side {
	s := &side{node: n, literal: true}
	s.set(v)
	return s
}

// operand compiles a literal, a field or arithmetic with these; nil when it is something else.
func (c *compiler) operand(n ast.Node) (*side, error) {
	switch n := n.(type) {
	case *ast.NilNode:
		return literalOf(n, value{kind: null}), nil
	case *ast.IntegerNode:
		return literalOf(n, value{kind: number, num: float64(n.Value)}), nil
	case *ast.FloatNode:
		return literalOf(n, value{kind: number, num: n.Value}), nil
	case *ast.BoolNode:
		return literalOf(n, value{kind: boolean, flag: n.Value}), nil
	case *ast.StringNode:
		return literalOf(n, value{kind: text, text: n.Value}), nil
	case *ast.IdentifierNode:
		if n.Value == "null" {
			return literalOf(n, value{kind: null}), nil
		}
	case *ast.UnaryNode:
		return c.signed(n)
	}
	get, is, err := c.path(n)
	if err != nil {
		return nil, err
	}
	if is {
		names, _ := c.names(n)
		return &side{node: n, get: get, root: names[0]}, nil
	}
	if n, ok := n.(*ast.BinaryNode); ok {
		return c.arithmetic(n)
	}
	return nil, nil
}

func (c *compiler) signed(n *ast.UnaryNode) (*side, error) {
	if n.Operator != "-" && n.Operator != "+" {
		return nil, nil
	}
	s, err := c.operand(n.Node)
	if s == nil || err != nil || n.Operator == "+" {
		return s, err
	}
	get := s.get
	negated := func(p *probe) value {
		v := get(p)
		f, ok := v.numeric()
		if !ok {
			return value{}
		}
		return value{kind: number, num: -f}
	}
	if s.literal {
		return literalOf(n, negated(nil)), nil
	}
	return &side{node: n, get: negated}, nil
}

var sums = map[string]func(a, b float64) float64{
	"+":  func(a, b float64) float64 { return a + b },
	"-":  func(a, b float64) float64 { return a - b },
	"*":  func(a, b float64) float64 { return a * b },
	"/":  func(a, b float64) float64 { return a / b },
	"%":  math.Mod,
	"**": math.Pow,
	"^":  math.Pow,
}

// arithmetic is with numbers; two times have a difference in seconds.
func (c *compiler) arithmetic(n *ast.BinaryNode) (*side, error) {
	sum, known := sums[n.Operator]
	if !known {
		return nil, nil
	}
	left, err := c.operand(n.Left)
	if left == nil || err != nil {
		return nil, err
	}
	right, err := c.operand(n.Right)
	if right == nil || err != nil {
		return nil, err
	}
	for _, s := range []*side{left, right} {
		if s.literal && s.value.kind != number {
			return nil, &Error{n.Operator + " goes with numbers only", n.Location().From + 1}
		}
	}
	l, r := left.get, right.get
	both := func(p *probe) value {
		a, b := l(p), r(p)
		if n.Operator == "-" && a.kind == moment && b.kind == moment {
			return value{kind: number, num: a.time.Sub(b.time).Seconds()}
		}
		x, okX := a.numeric()
		y, okY := b.numeric()
		if !okX || !okY {
			return value{}
		}
		return value{kind: number, num: sum(x, y)}
	}
	if left.literal && right.literal {
		return literalOf(n, both(nil)), nil
	}
	return &side{node: n, get: both}, nil
}

// plainNumber writes a number as a literal that expr reads.
func plainNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
