package query

import (
	"slices"
	"strings"
)

// The levels of an expression, from the loosest to the tightest: OR and AND, NOT, comparison and IN,
// arithmetic, sign, and the rest (protocol 3.1).

// condition reads an expression, and doubts one that cannot be true.
func (p *parser) condition() bool {
	at := p.now.at
	path, single := p.alone()
	if !p.expression() {
		return false
	}
	if single && p.ends() {
		p.doubted(at, path+" alone is true only where it holds true: compare it to a value")
	}
	return true
}

// alone tells whether the rest of the text is one field.
func (p *parser) alone() (string, bool) {
	ahead := *p
	ahead.problem, ahead.doubt = nil, nil
	at := p.now.at
	if p.now.kind != nameToken || reserved[strings.ToLower(p.now.text)] || ahead.call() || !ahead.path() || !ahead.ends() {
		return "", false
	}
	return strings.TrimSpace(p.text[at:]), true
}

// call tells whether a call comes next.
func (p *parser) call() bool {
	return p.now.kind == nameToken && scan(p.text, p.now.end).is("(")
}

func (p *parser) expression() bool {
	if !p.not() {
		return false
	}
	for p.accept("AND") || p.accept("OR") {
		if !p.not() {
			return false
		}
	}
	return true
}

func (p *parser) not() bool {
	n := 0
	for p.accept("NOT") {
		if n++; n > deepest {
			return p.wrong(p.now.at, "this is nested more than 64 deep")
		}
	}
	return p.predicate()
}

// predicate reads a value, alone or with what it is compared to.
func (p *parser) predicate() bool {
	at := p.now.at
	if !p.sum() {
		return false
	}
	of := strings.TrimSpace(p.text[at:p.last.end])
	for _, c := range comparisons {
		if !p.accept(c) {
			continue
		}
		p.wants(of, false)
		return p.sum()
	}
	switch {
	case p.accept("IN"), p.accept("NIN"):
	case p.at("NOT IN") || p.now.is("NOT"):
		p.advance()
		if !p.expect("IN") {
			return false
		}
	default:
		return p.followed()
	}
	return p.list(of)
}

// followed looks at a keyword of another language after a value.
func (p *parser) followed() bool {
	t := p.now
	if t.kind == brokenToken {
		return p.unexpected("")
	}
	if t.kind != nameToken || unknown[strings.ToLower(t.text)] == "" {
		return true
	}
	return p.wrong(t.at, unknown[strings.ToLower(t.text)])
}

// wants notes that a value comes next, which a field is compared to.
func (p *parser) wants(of string, list bool) {
	if p.ends() || p.now.kind == brokenToken {
		p.wanted.value, p.wanted.of, p.wanted.list = true, of, list
	}
}

// list reads an array of literals.
func (p *parser) list(of string) bool {
	if !p.at("[") {
		return p.unexpected("a list such as ['a', 'b']")
	}
	p.advance()
	for {
		p.wants(of, true)
		if !p.literal() {
			return p.unexpected("a value of the list: 'text', 12, true, false or null")
		}
		if !p.accept(",") {
			return p.expect("]")
		}
	}
}

func (p *parser) literal() bool {
	if p.now.is("-") || p.now.is("+") {
		p.advance()
		if p.now.kind != numberToken {
			return false
		}
	}
	if p.now.kind != stringToken && p.now.kind != numberToken && !p.constant() {
		return false
	}
	p.advance()
	return true
}

func (p *parser) constant() bool {
	return slices.ContainsFunc([]string{"true", "false", "null", "undefined"}, p.now.is)
}

// sum reads values with + - * / % between them; which binds tighter does not matter here.
func (p *parser) sum() bool {
	if !p.operand() {
		return false
	}
	for p.now.kind == symbolToken && strings.Contains("+-*/%", p.now.text) {
		p.advance()
		if !p.operand() {
			return false
		}
	}
	return true
}

func (p *parser) operand() bool {
	for p.now.is("-") || p.now.is("+") {
		p.advance()
	}
	if p.ends() {
		p.wanted.operand = true
		return p.unexpected("a field, a function or a value")
	}
	switch {
	case p.now.kind == stringToken, p.now.kind == numberToken, p.constant():
		p.advance()
		return true
	case p.now.is("("):
		return p.parenthesis()
	case p.now.is("["):
		return p.list("")
	case p.call():
		return p.function()
	}
	return p.path()
}

func (p *parser) parenthesis() bool {
	if !p.deeper() {
		return false
	}
	p.advance()
	if !p.expression() || !p.expect(")") {
		return false
	}
	p.depth--
	return true
}

// function reads a call with its arguments.
func (p *parser) function() bool {
	start := p.now
	if reserved[strings.ToLower(start.text)] {
		return p.unexpected("a field, a function or a value")
	}
	if p.startsAggregate() {
		return p.wrong(start.at, strings.ToUpper(start.text)+" can only stand between SELECT and FROM")
	}
	if !slices.ContainsFunc(functions, func(f described) bool { return start.is(f.word) }) {
		p.doubted(start.at, "no function "+start.describe()+" is known")
	}
	if !p.deeper() {
		return false
	}
	p.advance()
	p.advance()
	if p.accept(")") {
		p.depth--
		return true
	}
	first := ""
	for {
		at := p.now.at
		if p.wants(first, false); !p.expression() {
			return false
		}
		if first == "" {
			first = strings.TrimSpace(p.text[at:p.last.end])
		}
		if !p.accept(",") {
			break
		}
	}
	p.depth--
	return p.expect(")")
}

// path reads names with dots between them.
func (p *parser) path() bool {
	if p.ends() {
		p.wanted.path = true
	}
	start := p.now
	if start.kind == nameToken && reserved[strings.ToLower(start.text)] {
		return p.unexpected("a field, a function or a value")
	}
	if !p.name("a field, a function or a value") {
		return false
	}
	for {
		switch {
		case p.now.is("."):
			p.advance()
			if !p.name("a name after the dot") {
				return false
			}
		case p.now.is("["):
			p.advance()
			if _, ok := p.integer("the place of an element, from 0"); !ok || !p.expect("]") {
				return false
			}
		default:
			p.known(start)
			return true
		}
	}
}

// roots are the first names of fields.
var roots = func() map[string]bool {
	known := map[string]bool{"tags": true, "properties": true, "configurations": true, "devices": true, "id": true, "$version": true, "$metadata": true}
	for _, f := range identity {
		root, _, _ := strings.Cut(f.path, ".")
		known[strings.ToLower(root)] = true
	}
	for _, more := range []string{"generationId", "deviceEtag", "x509Thumbprint", "connectionStateUpdatedTime", "statusUpdatedTime", "scopeId", "jobId", "jobType", "startTimeUtc", "endTimeUtc", "createdDateTimeUtc", "lastUpdatedDateTimeUtc", "outcome", "error"} {
		known[strings.ToLower(more)] = true
	}
	return known
}()

// known doubts a field that no twin has.
func (p *parser) known(start token) {
	name := strings.ToLower(start.text)
	if start.kind != nameToken || roots[name] {
		return
	}
	switch name {
	case "desired", "reported":
		p.doubted(start.at, "no field "+start.describe()+" is known: write properties."+name+".…")
	default:
		p.doubted(start.at, "no field "+start.describe()+" is known: tags."+start.describe()+"?")
	}
}
