package query

import (
	"strings"
)

// path reads segments; what it gives starts at the row (protocol 3.1).
func (p *parser) path() (pathExpr, error) {
	offset := p.now.offset
	path := Path{{Name: p.now.text}}
	if p.now.kind != nameToken && p.now.kind != quotedNameToken || p.now.reserved() {
		return pathExpr{}, p.unexpected("a name, a value or '('")
	}
	p.advance()
	for {
		switch {
		case p.accept("."):
			path = append(path, Step{Name: p.now.text})
			if err := p.identifier("a name after '.'"); err != nil {
				return pathExpr{}, err
			}
		case acceptIndex && p.accept("["):
			index, err := p.integer("the position of an element, from 0,")
			if err != nil {
				return pathExpr{}, err
			}
			path = append(path, Step{Index: index})
			if err := p.expect("]"); err != nil {
				return pathExpr{}, err
			}
		default:
			return pathExpr{path.fromRoot(), offset}, nil
		}
	}
}

// startsCall looks for a parenthesis after the name.
func (p *parser) startsCall() bool {
	ahead := p.lexer
	next, err := ahead.next()
	return err == nil && next.is("(")
}

// call reads a function with its arguments (protocol 3.2).
func (p *parser) call() (expression, error) {
	start := p.now
	name := strings.ToUpper(start.text)
	f, ok := functions[name]
	switch {
	case aggregates[name]:
		return nil, p.errorAt(start.offset, "%s can only be an item of SELECT by itself", name)
	case start.reserved():
		return nil, p.unexpected("a name, a value or '('")
	case !ok:
		return nil, p.errorAt(start.offset, "there is no function %s", start)
	}
	if err := p.deeper(); err != nil {
		return nil, err
	}
	p.advance()
	p.advance()
	c := callExpr{name: name, call: f.call}
	for !p.now.is(")") || len(c.args) > 0 {
		arg, err := p.expression()
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, arg)
		if !p.accept(",") {
			break
		}
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	p.depth--
	if n := len(c.args); n < f.min || f.max >= 0 && n > f.max {
		return nil, p.errorAt(start.offset, "%s takes %s, it has %d", name, f.arity(), n)
	}
	return c, nil
}
