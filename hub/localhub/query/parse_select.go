package query

import (
	"math"
	"strings"
)

func (p *parser) query() (*Query, error) {
	if err := p.expect("SELECT"); err != nil {
		return nil, err
	}
	q := &Query{top: -1}
	var err error
	if p.accept("TOP") {
		if q.top, err = p.integer("the number of items after TOP"); err != nil {
			return nil, err
		}
	}
	if !p.accept("*") {
		if q.items, err = p.items(); err != nil {
			return nil, err
		}
	}
	if q.from, err = p.source(); err != nil {
		return nil, err
	}
	if p.accept("WHERE") {
		if q.where, err = p.expression(); err != nil {
			return nil, err
		}
	}
	if p.accept("GROUP") {
		q.grouped = true
		if q.group, err = p.groupBy(); err != nil {
			return nil, err
		}
	}
	return q, p.end()
}

func (p *parser) integer(what string) (int, error) {
	n := p.now.number
	if p.now.kind != numberToken || n != math.Trunc(n) || n > math.MaxInt32 {
		return 0, p.unexpected(what)
	}
	p.advance()
	return int(n), nil
}

func (p *parser) items() ([]item, error) {
	var items []item
	for {
		it, err := p.item()
		if err != nil {
			return nil, err
		}
		items = append(items, it)
		if !p.accept(",") {
			return items, nil
		}
	}
}

func (p *parser) item() (it item, err error) {
	it.offset = p.now.offset
	if p.now.is("*") {
		return it, p.errorAt(it.offset, "'*' must stand alone")
	}
	if kind, ok := p.startsAggregate(); ok {
		it.aggregate, err = p.aggregate(kind)
	} else {
		it.value, err = p.expression()
	}
	if err != nil {
		return it, err
	}
	if path, ok := it.value.(pathExpr); ok {
		it.name, it.isNamed = path.path.name(), true
	}
	if p.accept("AS") {
		it.name, it.isNamed = p.now.text, true
		return it, p.identifier("a name after AS")
	}
	return it, nil
}

// identifier checks and passes the name that comes next.
func (p *parser) identifier(what string) error {
	switch {
	case p.now.reserved():
		return p.errorAt(p.now.offset, "expected %s, but %s is a reserved word: write [[%s]]", what, p.now, p.now.text)
	case p.now.kind != nameToken && p.now.kind != quotedNameToken:
		return p.unexpected(what)
	}
	p.advance()
	return nil
}

// startsAggregate looks for a name and a parenthesis.
func (p *parser) startsAggregate() (string, bool) {
	kind := strings.ToUpper(p.now.text)
	if p.now.kind != nameToken || !aggregates[kind] {
		return "", false
	}
	ahead := p.lexer
	next, err := ahead.next()
	return kind, err == nil && next.is("(")
}

// aggregate reads COUNT() or AVG(path) and its like.
func (p *parser) aggregate(kind string) (*aggregate, error) {
	p.advance()
	p.advance()
	a := &aggregate{kind: kind}
	if kind == "COUNT" {
		if acceptCountStar {
			p.accept("*")
		}
		return a, p.expect(")")
	}
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	a.path = path.path
	return a, p.expect(")")
}

// source reads FROM and a collection.
func (p *parser) source() (Collection, error) {
	if err := p.expect("FROM"); err != nil {
		return "", err
	}
	const wanted = "devices, devices.modules or devices.jobs after FROM"
	if !p.accept("devices") {
		return "", p.unexpected(wanted)
	}
	if !p.accept(".") {
		return Devices, nil
	}
	switch {
	case p.accept("modules"):
		return Modules, nil
	case p.accept("jobs"):
		return Jobs, nil
	}
	return "", p.unexpected(wanted)
}

func (p *parser) groupBy() ([]Path, error) {
	if err := p.expect("BY"); err != nil {
		return nil, err
	}
	var group []Path
	for {
		path, err := p.path()
		if err != nil {
			return nil, err
		}
		group = append(group, path.path)
		if !p.accept(",") {
			return group, nil
		}
	}
}
