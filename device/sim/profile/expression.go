package profile

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// maxExpression and maxNodes keep an expression small enough that it can do no harm: without loops, its cost is at most
// that of joining so many texts.
const (
	maxExpression = 1000
	maxNodes      = 200
)

// wrongAt is what is wrong with an expression, at a character of it.
type wrongAt struct {
	from    int
	message string
}

// expression reads a name or an expression. The language is that of github.com/expr-lang/expr without what could run for
// long or differently each time: loops, ranges, own variables, the clock.
func (s *scope) expression(source string, at int) (*ref, *wrongAt) {
	switch {
	case strings.TrimSpace(source) == "":
		return nil, &wrongAt{0, "there is nothing between the braces: put a name or an expression there"}
	case len(source) > maxExpression:
		return nil, &wrongAt{0, "the expression is longer than " + strconv.Itoa(maxExpression) + " characters: name parts of it under [values]"}
	}
	tree, err := parser.Parse(source)
	if err != nil {
		return nil, parseFault(err, source)
	}
	c := &compiler{scope: s, at: at, inputs: map[string]*ref{}}
	if name, path, ok := chain(tree.Node); ok {
		r, problem := s.resolve(name, path, at)
		if r == nil {
			return nil, &wrongAt{tree.Node.Location().From, problem}
		}
		r.at = at
		return r, nil
	}
	c.walk(&tree.Node)
	if c.wrong != nil {
		return nil, c.wrong
	}
	p, wrong := c.compile(tree.Node)
	if wrong != nil {
		return nil, wrong
	}
	return &ref{op: refProgram, program: p, kind: p.kind, at: at}, nil
}

func parseFault(err error, source string) *wrongAt {
	var theirs *file.Error
	if !errors.As(err, &theirs) {
		return &wrongAt{0, "this is no expression: " + err.Error()}
	}
	message, from := theirs.Message, min(theirs.From, len(source))
	switch {
	case strings.Contains(message, "EOF"), strings.HasPrefix(message, "unexpected end"):
		return &wrongAt{len([]rune(source)), "the expression ends too early"}
	case strings.HasPrefix(message, "unknown"), strings.HasPrefix(message, "unexpected"):
		return &wrongAt{from, "this is no expression: " + strings.ReplaceAll(message, "token ", "")}
	}
	return &wrongAt{from, "this is no expression: " + message}
}

// chain takes a.b["c"][0] apart.
func chain(n ast.Node) (name string, path []string, ok bool) {
	switch n := n.(type) {
	case *ast.ChainNode:
		return chain(n.Node)
	case *ast.IdentifierNode:
		return n.Value, nil, true
	case *ast.MemberNode:
		name, path, ok = chain(n.Node)
		if !ok || n.Method {
			return "", nil, false
		}
		switch property := n.Property.(type) {
		case *ast.StringNode:
			return name, append(path, property.Value), true
		case *ast.IntegerNode:
			return name, append(path, strconv.Itoa(property.Value)), true
		}
	}
	return "", nil, false
}

// compiler rewrites a tree so that all names in it are inputs of a program.
type compiler struct {
	scope  *scope
	at     int // of the template in the file
	inputs map[string]*ref
	nodes  int
	wrong  *wrongAt
}

func (c *compiler) refuse(n ast.Node, message string) {
	if c.wrong == nil {
		c.wrong = &wrongAt{n.Location().From, message}
	}
}

func (c *compiler) walk(place *ast.Node) {
	c.nodes++
	if c.wrong != nil {
		return
	}
	if c.nodes > maxNodes {
		c.refuse(*place, "the expression has too many parts: name some of them under [values]")
		return
	}
	if name, path, ok := chain(*place); ok {
		c.input(place, name, path)
		return
	}
	switch n := (*place).(type) {
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		c.refuse(n, "let and ; are not known here: give the part a name under [values]")
	case *ast.PredicateNode, *ast.PointerNode:
		c.refuse(n, "loops are not known here")
	case *ast.CallNode:
		c.call(n)
	case *ast.BuiltinNode:
		if _, own := functions[n.Name]; own { // ours is bounded
			c.all(n.Arguments)
			c.own(place, n)
			return
		}
		if !slices.Contains(builtins, n.Name) {
			c.refuse(n, "unknown function \""+n.Name+"\""+suggest(n.Name, functionNames))
			return
		}
		c.all(n.Arguments)
	case *ast.BinaryNode:
		if n.Operator == ".." {
			c.refuse(n, "ranges are not known here: compare with < and >")
			return
		}
		c.walk(&n.Left)
		c.walk(&n.Right)
	case *ast.UnaryNode:
		c.walk(&n.Node)
	case *ast.ChainNode:
		c.walk(&n.Node)
	case *ast.MemberNode:
		c.walk(&n.Node)
		c.walk(&n.Property)
	case *ast.SliceNode:
		c.walk(&n.Node)
		for _, part := range []*ast.Node{&n.From, &n.To} {
			if *part != nil {
				c.walk(part)
			}
		}
	case *ast.ConditionalNode:
		c.walk(&n.Cond)
		c.walk(&n.Exp1)
		c.walk(&n.Exp2)
	case *ast.ArrayNode:
		c.all(n.Nodes)
	case *ast.MapNode:
		c.all(n.Pairs)
	case *ast.PairNode:
		c.walk(&n.Value)
	}
}

func (c *compiler) all(nodes []ast.Node) {
	for i := range nodes {
		c.walk(&nodes[i])
	}
}

func (c *compiler) call(n *ast.CallNode) {
	name, path, ok := chain(n.Callee)
	if _, known := functions[name]; !ok || len(path) > 0 || !known {
		c.refuse(n, "unknown function \""+n.Callee.String()+"\""+suggest(name, functionNames))
		return
	}
	c.all(n.Arguments)
}

// input makes a name with its path one variable of the program, which is null when any part is not there.
func (c *compiler) input(place *ast.Node, name string, path []string) {
	if name == "null" && len(path) == 0 {
		*place = &ast.NilNode{}
		return
	}
	whole := strings.Join(append([]string{name}, path...), "\x00")
	location := (*place).Location()
	if c.inputs[whole] == nil {
		r, problem := c.scope.resolve(name, path, c.at)
		if r == nil {
			c.refuse(*place, problem)
			return
		}
		c.inputs[whole] = r
	}
	id := &ast.IdentifierNode{Value: whole}
	id.SetLocation(location)
	*place = id
}

// own puts a function of this package in the place of a builtin of the same name.
func (c *compiler) own(place *ast.Node, n *ast.BuiltinNode) {
	callee := &ast.IdentifierNode{Value: n.Name}
	callee.SetLocation(n.Location())
	call := &ast.CallNode{Callee: callee, Arguments: n.Arguments}
	call.SetLocation(n.Location())
	*place = call
}
