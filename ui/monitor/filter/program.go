package filter

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"
)

// program compiles what only expr knows: functions, lists, what stands in braces. Fields become functions that read the
// event under way; comparisons become functions that are false for what is missing and for types that do not fit; an
// error while it runs means false.
func (c *compiler) program(n ast.Node) (test, error) {
	p := &patch{compiler: c, event: new(*probe)}
	if err := p.rewrite(&n); err != nil {
		return nil, err
	}
	options := append(p.options, expr.Patch(root{n}), expr.AsBool())
	compiled, err := expr.Compile("true", options...)
	if err != nil {
		if strings.HasPrefix(err.Error(), "expected bool") {
			return nil, c.wrong(n, "this is neither true nor false: compare it with something")
		}
		return nil, err
	}
	machine, event := &vm.VM{}, p.event
	return func(p *probe) bool {
		*event = p
		out, err := machine.Run(compiled, nil)
		is, ok := out.(bool)
		return err == nil && ok && is
	}, nil
}

// root puts a tree in the place of the one that was parsed.
type root struct{ node ast.Node }

// Visit implements ast.Visitor.
func (r root) Visit(n *ast.Node) {
	if b, ok := (*n).(*ast.BoolNode); ok && b.Location().From == 0 && b.Value {
		*n = r.node
	}
}

// patch rewrites a tree for the virtual machine.
type patch struct {
	compiler *compiler
	event    **probe
	options  []expr.Option
	known    map[string]bool // functions that there are
	local    []string        // variables of let
	err      error
}

func (p *patch) rewrite(n *ast.Node) error {
	p.known = map[string]bool{}
	p.walk(n)
	return p.err
}

// walk goes from the top: a field is recognised whole, before its parts.
func (p *patch) walk(n *ast.Node) {
	if *n == nil || p.err != nil {
		return
	}
	if p.field(n) {
		return
	}
	switch at := (*n).(type) {
	case *ast.CallNode:
		p.err = p.compiler.wrong(at, "there is no function "+at.Callee.String())
		return
	case *ast.VariableDeclaratorNode:
		p.walk(&at.Value)
		p.local = append(p.local, at.Name)
		p.walk(&at.Expr)
		return
	case *ast.BinaryNode:
		p.walk(&at.Left)
		p.walk(&at.Right)
		p.operator(n, at)
		return
	case *ast.MemberNode:
		p.walk(&at.Node)
		p.walk(&at.Property)
		p.call(n, "member", member, at.Node, at.Property)
		return
	}
	for _, child := range children(*n) {
		p.walk(child)
	}
}

// field makes a field a function without arguments.
func (p *patch) field(n *ast.Node) bool {
	names, ok := p.compiler.names(*n)
	if !ok {
		return false
	}
	for _, local := range p.local {
		if names[0] == local {
			return false
		}
	}
	if names[0] == "null" {
		*n = &ast.NilNode{}
		return true
	}
	get, _, err := p.compiler.path(*n)
	if err != nil {
		p.err = err
		return true
	}
	event := p.event
	name := fmt.Sprintf("field %d", len(p.options))
	p.call(n, name, func(...any) (any, error) {
		v := get(*event)
		return v.boxed(), nil
	})
	return true
}

func (p *patch) operator(n *ast.Node, at *ast.BinaryNode) {
	_, leftNil := at.Left.(*ast.NilNode)
	_, rightNil := at.Right.(*ast.NilNode)
	if !isComparison(at.Operator) || leftNil || rightNil {
		return
	}
	p.call(n, "compare "+at.Operator, comparer(at.Operator), at.Left, at.Right)
}

// call puts the call of a function in the place of a node.
func (p *patch) call(n *ast.Node, name string, fn func(...any) (any, error), arguments ...ast.Node) {
	if !p.known[name] {
		p.known[name] = true
		p.options = append(p.options, expr.Function(name, fn))
	}
	location := (*n).Location()
	callee := &ast.IdentifierNode{Value: name}
	callee.SetLocation(location)
	*n = &ast.CallNode{Callee: callee, Arguments: arguments}
	(*n).SetLocation(location)
}

// children are the places of a node's parts.
func children(n ast.Node) (all []*ast.Node) {
	switch n := n.(type) {
	case *ast.UnaryNode:
		return []*ast.Node{&n.Node}
	case *ast.ChainNode:
		return []*ast.Node{&n.Node}
	case *ast.SliceNode:
		return []*ast.Node{&n.Node, &n.From, &n.To}
	case *ast.PredicateNode:
		return []*ast.Node{&n.Node}
	case *ast.ConditionalNode:
		return []*ast.Node{&n.Cond, &n.Exp1, &n.Exp2}
	case *ast.PairNode:
		return []*ast.Node{&n.Key, &n.Value}
	case *ast.BuiltinNode:
		return places(n.Arguments)
	case *ast.SequenceNode:
		return places(n.Nodes)
	case *ast.ArrayNode:
		return places(n.Nodes)
	case *ast.MapNode:
		return places(n.Pairs)
	}
	return nil
}

func places(nodes []ast.Node) (all []*ast.Node) {
	for i := range nodes {
		all = append(all, &nodes[i])
	}
	return all
}

// member gives a part of an object or a list; nil when there is none.
func member(arguments ...any) (any, error) {
	switch of := arguments[0].(type) {
	case map[string]any:
		name, _ := arguments[1].(string)
		return of[name], nil
	case []any:
		i, ok := arguments[1].(int)
		if ok && i < 0 {
			i += len(of)
		}
		if ok && i >= 0 && i < len(of) {
			return of[i], nil
		}
	}
	return nil, nil
}

// comparer is an operator between boxed values.
func comparer(operator string) func(...any) (any, error) {
	return func(arguments ...any) (any, error) {
		a := unboxed(arguments[0])
		if operator == "in" {
			return contained(&a, arguments[1]), nil
		}
		b := unboxed(arguments[1])
		return relates(operator, &a, &b), nil
	}
}

// relates is the meaning of an operator for any two values.
func relates(operator string, a, b *value) bool {
	switch operator {
	case "contains":
		return texts(a, b) && strings.Contains(a.text, b.text)
	case "startsWith":
		return texts(a, b) && strings.HasPrefix(a.text, b.text)
	case "endsWith":
		return texts(a, b) && strings.HasSuffix(a.text, b.text)
	case "matches":
		return texts(a, b) && matchAny(a.text, b.text)
	}
	n, comparable := order(a, b)
	return comparable && outcomes[operator](n)
}

// contained tells whether a value is in a list, or a name of an object.
func contained(a *value, in any) bool {
	list := reflect.ValueOf(in)
	switch list.Kind() {
	case reflect.Slice:
		for i := range list.Len() {
			b := unboxed(list.Index(i).Interface())
			if n, comparable := order(a, &b); comparable && n == 0 {
				return true
			}
		}
	case reflect.Map:
		of, _ := in.(map[string]any)
		_, is := of[a.text]
		return is && a.kind == text
	}
	return false
}
