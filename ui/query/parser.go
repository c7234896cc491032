package query

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// parser reads one token ahead. What it asks for where the text ends is what may come
// next, which is what completion offers.
type parser struct {
	text   string
	length int // in characters
	now    token
	last   token // before now
	depth  int

	whole   bool // it begins with SELECT
	star    bool
	grouped bool
	top     int
	from    string
	whereAt int

	problem *Problem
	doubt   *Problem

	wanted wanted
}

// wanted is what may come where a text ends.
type wanted struct {
	words   []string // keywords and symbols
	groups  []wordGroup
	operand bool   // a field, a function or a value
	path    bool   // a field
	number  bool   // a whole number
	value   bool   // what a field is compared to
	of      string // that field
	list    bool   // the value is an element of a list
}

// wordGroup names words that are offered together.
type wordGroup uint8

const (
	aggregateWords wordGroup = iota
	sourceWords
)

// deepest bounds nesting, as the service does.
const deepest = 64

func newParser(text string) *parser {
	p := &parser{text: text, length: utf8.RuneCountInString(text)}
	p.now = scan(text, 0)
	return p
}

func (p *parser) advance() {
	p.last = p.now
	p.now = scan(p.text, p.now.end)
}

// ends tells whether the text ends here.
func (p *parser) ends() bool { return p.now.kind == endToken }

// at tells whether a keyword or symbol comes next.
func (p *parser) at(word string) bool {
	if p.ends() {
		p.wanted.words = append(p.wanted.words, word)
	}
	return p.now.is(word)
}

// accept reads the keyword or symbol if it comes next.
func (p *parser) accept(word string) bool {
	if !p.at(word) {
		return false
	}
	p.advance()
	return true
}

func (p *parser) expect(word string) bool { return p.accept(word) || p.unexpected(word) }

func (p *parser) offer(g wordGroup) {
	if p.ends() {
		p.wanted.groups = append(p.wanted.groups, g)
	}
}

// wrong notes the first problem. It gives false, for return.
func (p *parser) wrong(at int, reason string) bool {
	if p.problem == nil {
		p.problem = &Problem{Wrong, at, reason}
	}
	return false
}

// doubted notes the first doubt.
func (p *parser) doubted(at int, reason string) {
	if p.doubt == nil {
		p.doubt = &Problem{Doubt, at, reason}
	}
}

// unexpected is the problem with the token that comes next.
func (p *parser) unexpected(wanted string) bool {
	t := p.now
	switch {
	case p.problem != nil:
	case t.kind == endToken:
		p.problem = &Problem{Unfinished, t.at, "then comes " + wanted}
	case t.kind == brokenToken && t.open:
		p.problem = &Problem{Unfinished, t.at, t.reason}
	case t.kind == brokenToken:
		p.problem = &Problem{Wrong, t.at, t.reason}
	case t.kind == nameToken && unknown[strings.ToLower(t.text)] != "":
		p.problem = &Problem{Wrong, t.at, unknown[strings.ToLower(t.text)]}
	default:
		p.problem = &Problem{Wrong, t.at, "expected " + wanted + ", found " + t.describe()}
	}
	return false
}

// deeper bounds nesting; who calls it lowers depth again.
func (p *parser) deeper() bool {
	p.depth++
	return p.depth <= deepest || p.wrong(p.now.at, "this is nested more than 64 deep")
}

func (p *parser) integer(what string) (int, bool) {
	if p.ends() {
		p.wanted.number = true
	}
	n, err := strconv.Atoi(p.now.text)
	if p.now.kind != numberToken || err != nil {
		return 0, p.unexpected(what)
	}
	p.advance()
	return n, true
}

// name reads a name that is no reserved word.
func (p *parser) name(what string) bool {
	switch {
	case p.now.kind == nameToken && reserved[strings.ToLower(p.now.text)]:
		return p.wrong(p.now.at, p.now.text+" is a reserved word: write [["+p.now.text+"]]")
	case p.now.kind != nameToken && p.now.kind != quotedToken:
		return p.unexpected(what)
	}
	p.advance()
	return true
}
