package filter

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"hubscope/ui/monitor/field"
)

// test tells whether an event passes one part of a filter.
type test func(*probe) bool

// compiler turns the tree of an expression into tests.
type compiler struct {
	source []rune
	filter *Filter
	denied int // so many times not, for the marks
}

func (c *compiler) wrong(n ast.Node, sentence string) error {
	return &Error{sentence, leftmost(n) + 1}
}

// leftmost is where what a node stands for begins.
func leftmost(n ast.Node) int {
	from := n.Location().From
	switch n := n.(type) {
	case *ast.BinaryNode:
		return min(from, leftmost(n.Left))
	case *ast.MemberNode:
		return min(from, leftmost(n.Node))
	case *ast.ChainNode:
		return leftmost(n.Node)
	}
	return from
}

// condition compiles what is true or false.
func (c *compiler) condition(n ast.Node) (test, error) {
	switch n := n.(type) {
	case *ast.BoolNode:
		return func(*probe) bool { return n.Value }, nil
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			return c.not(n.Node)
		}
	case *ast.BinaryNode:
		switch n.Operator {
		case "and", "&&", "or", "||":
			return c.both(n)
		}
		t, err := c.comparison(n)
		if t != nil || err != nil {
			return t, err
		}
	}
	path, is, err := c.path(n)
	if err != nil {
		return nil, err
	}
	if is {
		return holds(path), nil
	}
	return c.program(n)
}

// holds is a field alone: it is there, and neither false nor null.
func holds(get operand) test {
	return func(p *probe) bool {
		v := get(p)
		return v.kind > null && (v.kind != boolean || v.flag)
	}
}

func (c *compiler) not(n ast.Node) (test, error) {
	c.denied++
	t, err := c.condition(n)
	c.denied--
	if err != nil {
		return nil, err
	}
	return func(p *probe) bool { return !t(p) }, nil
}

func (c *compiler) both(n *ast.BinaryNode) (test, error) {
	left, err := c.condition(n.Left)
	if err != nil {
		return nil, err
	}
	right, err := c.condition(n.Right)
	if err != nil {
		return nil, err
	}
	if n.Operator == "and" || n.Operator == "&&" {
		return func(p *probe) bool { return left(p) && right(p) }, nil
	}
	return func(p *probe) bool { return left(p) || right(p) }, nil
}

// comparison compiles the comparisons that need no virtual machine; nil when this is not one.
func (c *compiler) comparison(n *ast.BinaryNode) (test, error) {
	if !isComparison(n.Operator) {
		return nil, nil
	}
	if n.Operator == "in" {
		return c.among(n)
	}
	left, err := c.operand(n.Left)
	if left == nil || err != nil {
		return nil, err
	}
	right, err := c.operand(n.Right)
	if right == nil || err != nil {
		return nil, err
	}
	if left.literal && right.literal {
		return nil, nil
	}
	if left.isNil() || right.isNil() {
		return c.absence(n, left, right)
	}
	if err := c.match(n, left, right); err != nil {
		return nil, err
	}
	return compare(n.Operator, left, right), nil
}

func isComparison(operator string) bool {
	switch operator {
	case "==", "!=", "<", "<=", ">", ">=", "contains", "startsWith", "endsWith", "matches", "in":
		return true
	}
	return false
}

// absence is a comparison with nil: whether a field is there, and not null.
func (c *compiler) absence(n *ast.BinaryNode, left, right *side) (test, error) {
	get := left.get
	if left.isNil() {
		get = right.get
	}
	switch n.Operator {
	case "==":
		return func(p *probe) bool { return get(p).kind <= null }, nil
	case "!=":
		return func(p *probe) bool { return get(p).kind > null }, nil
	}
	return nil, &Error{"nil is compared with == and != only", n.Location().From + 1}
}

// match makes the two sides fit: a text that is compared with a time or an amount is read as one; patterns are
// checked; what is looked for is marked.
func (c *compiler) match(n *ast.BinaryNode, left, right *side) error {
	for _, pair := range [][2]*side{{left, right}, {right, left}} {
		of, lit := pair[0], pair[1]
		if !lit.literal || lit.value.kind != text {
			continue
		}
		switch of.root {
		case "enqueued", "received":
			at, ok := parseTime(lit.value.text, c.filter.now())
			if !ok {
				return c.wrong(lit.node, `a time is written "14:30" or "2026-11-22T14:30Z"`)
			}
			lit.set(value{kind: moment, time: at})
		case "age", "size", "sequence":
			amount, ok := parseUnits(lit.value.text)
			if !ok {
				return c.wrong(lit.node, of.root+" is a number, such as "+map[string]string{"age": "5m", "size": "1kB", "sequence": "500"}[of.root])
			}
			lit.set(value{kind: number, num: amount})
		}
	}
	if outcomes[n.Operator] == nil && right.literal && right.value.kind != text {
		return c.wrong(right.node, n.Operator+" looks for text: put it in quotes")
	}
	if n.Operator == "matches" && right.literal {
		re, err := regexp.Compile(right.value.text)
		if err != nil {
			return c.wrong(right.node, regexpProblem(err))
		}
		right.re = re
		c.mark(Mark{re: re})
	}
	if right.literal && right.value.kind == text {
		switch n.Operator {
		case "==", "contains", "startsWith", "endsWith":
			c.mark(TextMark(right.value.text))
		}
	}
	return nil
}

func (c *compiler) mark(m Mark) {
	if c.denied%2 == 0 && !m.IsZero() {
		c.filter.marks = append(c.filter.marks, m)
	}
}

// compare makes the test of an operator.
func compare(operator string, left, right *side) test {
	l, r := left.get, right.get
	if re := right.re; re != nil {
		return func(p *probe) bool { v := l(p); return v.kind == text && re.MatchString(v.text) }
	}
	if holds, right := outcomes[operator], right.value; holds != nil && right.kind == number {
		return func(p *probe) bool {
			v := l(p)
			n, ok := v.numeric()
			return ok && holds(cmp.Compare(n, right.num))
		}
	}
	return func(p *probe) bool {
		a, b := l(p), r(p)
		return relates(operator, &a, &b)
	}
}

// outcomes are the comparisons by what they want of an order.
var outcomes = map[string]func(int) bool{
	"==": func(n int) bool { return n == 0 },
	"!=": func(n int) bool { return n != 0 },
	"<":  func(n int) bool { return n < 0 },
	"<=": func(n int) bool { return n <= 0 },
	">":  func(n int) bool { return n > 0 },
	">=": func(n int) bool { return n >= 0 },
}

func texts(a, b *value) bool { return a.kind == text && b.kind == text }

func matchAny(s, pattern string) bool {
	is, err := regexp.MatchString(pattern, s)
	return err == nil && is
}

// among compiles in with a list of literals or a range; nil when it is with something else.
func (c *compiler) among(n *ast.BinaryNode) (test, error) {
	left, err := c.operand(n.Left)
	if left == nil || err != nil || left.literal {
		return nil, err
	}
	if between, ok := n.Right.(*ast.BinaryNode); ok && between.Operator == ".." {
		from, isFrom := between.Left.(*ast.IntegerNode)
		to, isTo := between.Right.(*ast.IntegerNode)
		if !isFrom || !isTo {
			return nil, nil
		}
		return func(p *probe) bool {
			v := left.get(p)
			n, ok := v.numeric()
			return ok && n >= float64(from.Value) && n <= float64(to.Value) && n == float64(int64(n))
		}, nil
	}
	list, ok := n.Right.(*ast.ArrayNode)
	if !ok {
		return nil, nil
	}
	var wanted []value
	for _, item := range list.Nodes {
		s, err := c.operand(item)
		if s == nil || err != nil || !s.literal {
			return nil, err
		}
		wanted = append(wanted, s.value)
		if s.value.kind == text {
			c.mark(TextMark(s.value.text))
		}
	}
	return func(p *probe) bool {
		v := left.get(p)
		for i := range wanted {
			if n, comparable := order(&v, &wanted[i]); comparable && n == 0 {
				return true
			}
		}
		return false
	}, nil
}

// path gives what reads a field, when a node names one.
func (c *compiler) path(n ast.Node) (operand, bool, error) {
	names, ok := c.names(n)
	if !ok {
		return nil, false, nil
	}
	if names[0] == "age" {
		if len(names) > 1 {
			return nil, false, c.wrong(n, "age is one value: there is no "+names[1]+" in it")
		}
		c.filter.timed = true
		return func(p *probe) value { return value{kind: number, num: p.age()} }, true, nil
	}
	if !isRoot(names[0]) {
		return nil, false, c.wrong(n, "unknown field "+names[0]+": do you mean body."+names[0]+"?")
	}
	if root := names[0]; root == "properties" || root == "system" {
		names = []string{root, strings.Join(names[1:], ".")}
		if names[1] == "" {
			names = names[:1]
		}
	}
	path, err := field.Parse(field.Of(names[0], names[1:]...).String())
	if err != nil {
		return nil, false, c.wrong(n, err.Error())
	}
	return read(path), true, nil
}

// names takes a chain such as body.a[0]["b c"] apart. A name may have a minus in it, as those of annotations do: then
// there is no space around it.
func (c *compiler) names(n ast.Node) ([]string, bool) {
	switch n := n.(type) {
	case *ast.ChainNode:
		return c.names(n.Node)
	case *ast.IdentifierNode:
		return []string{n.Value}, true
	case *ast.MemberNode:
		names, ok := c.names(n.Node)
		if !ok || n.Method {
			return nil, false
		}
		switch property := n.Property.(type) {
		case *ast.StringNode:
			return append(names, property.Value), true
		case *ast.IntegerNode:
			return append(names, strconv.Itoa(property.Value)), true
		}
	case *ast.BinaryNode:
		at := n.Location().From
		if n.Operator != "-" || at < 1 || at+1 >= len(c.source) || !isWordRune(c.source[at-1]) || !isWordRune(c.source[at+1]) {
			return nil, false
		}
		left, ok := c.names(n.Left)
		if !ok || len(left) < 2 || !isRoot(left[0]) {
			return nil, false
		}
		right, ok := c.names(n.Right)
		if !ok || isRoot(right[0]) && len(right) > 1 {
			return nil, false
		}
		left[len(left)-1] += "-" + right[0]
		return append(left, right[1:]...), true
	}
	return nil, false
}
