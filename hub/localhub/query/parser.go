package query

import (
	"strings"
	"unicode/utf8"
)

// Parse reads a text of the query language. The error is an *Error.
func Parse(text string) (*Query, error) {
	p, err := newParser(text)
	if err != nil {
		return nil, err
	}
	q, err := p.query()
	if err != nil {
		return nil, err
	}
	q.text = text
	return q, q.check(text)
}

// ParseCondition reads a condition: a text as after WHERE, "FROM devices.modules
// WHERE ..." for modules, and "" or "*" for all devices. The error is an *Error.
func ParseCondition(text string) (*Condition, error) {
	p, err := newParser(text)
	if err != nil {
		return nil, err
	}
	c := &Condition{from: Devices}
	if p.accept("*") {
		return c, p.end()
	}
	needsWhere := false
	if p.now.is("FROM") {
		if c.from, err = p.source(); err != nil {
			return nil, err
		}
		needsWhere = true
	}
	if p.now.kind == endToken {
		return c, nil
	}
	if needsWhere {
		if err := p.expect("WHERE"); err != nil {
			return nil, err
		}
	}
	c.text = strings.TrimSpace(text[p.now.offset:])
	if c.where, err = p.expression(); err != nil {
		return nil, err
	}
	return c, p.end()
}

// parser reads one token ahead. After an error it must not be used.
type parser struct {
	lexer lexer
	now   token
	depth int
}

func newParser(text string) (*parser, error) {
	if n := utf8.RuneCountInString(text); n > MaxText {
		return nil, &Error{Reason: "the query has " + itoa(n) + " characters, at most " + itoa(MaxText) + " are allowed"}
	}
	p := &parser{lexer: lexer{text: text}}
	p.advance()
	return p, nil
}

// advance reads the next token; one that the lexer refuses is found out by who
// wants it, so that the first error in the text is the one that is told.
func (p *parser) advance() {
	var err error
	if p.now, err = p.lexer.next(); err != nil {
		p.now = token{kind: brokenToken, offset: p.lexer.at, err: err}
	}
}

// take gives the next token and goes on.
func (p *parser) take() token {
	t := p.now
	p.advance()
	return t
}

// accept reads the keyword or symbol if it comes next.
func (p *parser) accept(word string) bool {
	if !p.now.is(word) {
		return false
	}
	p.advance()
	return true
}

func (p *parser) expect(word string) error {
	if p.accept(word) {
		return nil
	}
	return p.unexpected("'" + word + "'")
}

func (p *parser) end() error {
	if p.now.kind == endToken {
		return nil
	}
	return p.unexpected("the end")
}

// unexpected is the error for the token that comes next.
func (p *parser) unexpected(wanted string) error {
	if p.now.kind == brokenToken {
		return p.now.err
	}
	return p.errorAt(p.now.offset, "expected %s, found %s", wanted, p.now)
}

func (p *parser) errorAt(offset int, format string, args ...any) error {
	return errorAt(p.lexer.text, offset, format, args...)
}

// deeper bounds nesting; who calls it lowers depth again.
func (p *parser) deeper() error {
	if p.depth++; p.depth > maxDepth {
		return p.errorAt(p.now.offset, "the query is nested more than %d deep", maxDepth)
	}
	return nil
}
