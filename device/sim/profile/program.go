package profile

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// program is a compiled expression. All devices of a profile share it; what a run needs is lent from a pool.
type program struct {
	code     *vm.Program
	names    []string
	inputs   []*ref
	machines sync.Pool // of *machine
	kind     valueKind
}

type machine struct {
	vm  vm.VM
	env map[string]any
}

// memoryBudget is how many elements of lists an expression may make.
const memoryBudget = 1000

func (c *compiler) compile(root ast.Node) (*program, *wrongAt) {
	p := &program{names: sorted(c.inputs)}
	env := types.Map{}
	for _, name := range p.names {
		r := c.inputs[name]
		p.inputs = append(p.inputs, r)
		env[name] = typeOf(r.kind)
	}
	options := []expr.Option{expr.Env(env), expr.Patch(rootPatch{root})}
	for name, function := range functions {
		options = append(options, expr.Function(name, function.call, function.types...))
	}
	code, err := expr.Compile("true", options...)
	if err != nil {
		return nil, compileFault(err)
	}
	p.code, p.kind = code, kindOf(code)
	return p, nil
}

// rootPatch puts a tree in the place of the one that was parsed.
type rootPatch struct{ node ast.Node }

// Visit implements ast.Visitor.
func (r rootPatch) Visit(n *ast.Node) {
	if b, ok := (*n).(*ast.BoolNode); ok && b.Location().From == 0 && b.Value {
		*n = r.node
	}
}

func typeOf(k valueKind) types.Type {
	switch k {
	case boolValue:
		return types.Bool
	case wholeValue:
		return types.Int
	case numberValue:
		return types.Float64
	case textValue:
		return types.String
	default:
		return types.Any
	}
}

// kindOf says what an expression gives, when its type tells.
func kindOf(code *vm.Program) valueKind {
	t := code.Node().Type()
	if t == nil {
		return anyValue
	}
	switch t.String() {
	case "bool":
		return boolValue
	case "int":
		return wholeValue
	case "float64":
		return numberValue
	case "string":
		return textValue
	}
	return anyValue
}

func compileFault(err error) *wrongAt {
	var theirs *file.Error
	if !errors.As(err, &theirs) {
		return &wrongAt{0, sayTypes(err.Error())}
	}
	return &wrongAt{theirs.From, sayTypes(theirs.Message)}
}

// sayTypes puts the words of files in the place of those of Go.
func sayTypes(message string) string {
	return goTypes.Replace(mismatch.ReplaceAllString(message, "$1 does not work with $2"))
}

var mismatch = regexp.MustCompile(`invalid operation: (\S+) \(mismatched types ([^)]*)\)`)

var goTypes = strings.NewReplacer("\x00", ".", "float64", "number",
	"int", "whole number", "string", "text", "<nil>", "null", "interface {}", "anything", "invalid operation: ", "")

// run computes the expression for a device.
func (p *program) run(in *run) (value, error) {
	m, _ := p.machines.Get().(*machine)
	if m == nil {
		m = &machine{env: make(map[string]any, len(p.names))}
		m.vm.MemoryBudget = memoryBudget
	}
	defer p.machines.Put(m)
	for i, input := range p.inputs {
		v, err := input.get(in)
		if err != nil {
			return value{}, err
		}
		m.env[p.names[i]] = v.boxed()
	}
	out, err := m.vm.Run(p.code, m.env)
	if err != nil {
		return value{}, p.fault(err)
	}
	return valueOf(out), nil
}

func (p *program) fault(err error) error {
	var theirs *file.Error
	message := err.Error()
	if errors.As(err, &theirs) {
		message = theirs.Message
	}
	for i, name := range p.names {
		if p.inputs[i].kind == anyValue && strings.Contains(message, "<nil>") {
			return fmt.Errorf("%s: a value is null (%s?); say what to take instead, as in (%[2]s ?? 0)",
				sayTypes(message), strings.ReplaceAll(name, "\x00", "."))
		}
	}
	return errors.New(sayTypes(message))
}
