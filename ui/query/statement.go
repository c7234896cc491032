package query

import (
	"strconv"
	"strings"
)

// Statement is a text that was understood, as far as that is needed to run it.
type Statement struct {
	// Text is the whole query, also when only a condition was typed. One for devices is written as hub.Listing does.
	Text string
	// Offset is what is to be taken from a byte of Text for its place in the text as typed.
	Offset int
	// Devices says that the answer is whole devices; else it is rows of JSON.
	Devices bool
	// Where is the condition of a query for devices, "" for none, and Top the most it gives, 0 for all.
	Where string
	Top   int
	// At is where Where begins in the text as typed, in bytes.
	At int
}

// Parse reads a text: a whole query, or only its condition. The problem is nil when there is
// none. One that is a Doubt leaves a statement that can be run; of others the statement is of no use.
func Parse(text string) (Statement, *Problem) {
	p := newParser(text)
	ok := p.start()
	if ok && p.now.kind != endToken {
		ok = p.unexpected("AND, OR or the end")
	}
	if p.length > MaxText {
		return Statement{}, &Problem{Wrong, len(text), "a query has at most 8,192 characters"}
	}
	if !ok {
		return Statement{}, p.problem
	}
	return p.statement(), p.doubt
}

func (p *parser) statement() Statement {
	switch {
	case !p.whole:
		return ofDevices(p.text, 0, 0)
	case !p.star || p.grouped || p.from != "devices":
		return Statement{Text: p.text}
	case p.whereAt == 0:
		return ofDevices(p.text, len(p.text), p.top)
	}
	return ofDevices(p.text, p.whereAt, p.top)
}

// ofDevices is the statement for devices whose condition begins at a byte of a text.
func ofDevices(text string, at, top int) Statement {
	s := Statement{Text: "SELECT * FROM devices", Devices: true, Where: strings.TrimSpace(text[at:]), Top: top}
	if top > 0 {
		s.Text = "SELECT TOP " + strconv.Itoa(top) + " * FROM devices"
	}
	if s.At = at; s.Where == "" {
		s.Offset = len(s.Text) - at
		return s
	}
	s.At += strings.Index(text[at:], s.Where)
	s.Text += " WHERE "
	s.Offset = len(s.Text) - s.At
	s.Text += s.Where
	return s
}

// AsIs is the statement of a text that was not understood, for the service to judge.
func AsIs(text string) Statement {
	if scan(text, 0).is("SELECT") {
		return Statement{Text: text}
	}
	return ofDevices(text, 0, 0)
}

// start reads either kind of text.
func (p *parser) start() bool {
	if p.at("SELECT") {
		p.whole = true
		return p.query()
	}
	if p.now.is("FROM") || p.now.is("WHERE") || p.now.is("GROUP") {
		return p.wrong(p.now.at, "write only the condition, or a whole query: SELECT * FROM devices WHERE …")
	}
	p.whereAt = p.now.at
	return p.condition()
}

func (p *parser) query() bool {
	p.advance()
	if p.accept("TOP") {
		n, ok := p.integer("a number after TOP")
		if !ok {
			return false
		}
		if p.top = n; n == 0 {
			return p.wrong(p.last.at, "TOP needs a number from 1")
		}
	}
	if !p.selected() || !p.source() {
		return false
	}
	if p.accept("WHERE") {
		p.whereAt = p.now.at
		if !p.condition() {
			return false
		}
	}
	if p.accept("GROUP") {
		p.grouped = true
		return p.groupBy()
	}
	if p.now.is("ORDER") {
		return p.wrong(p.now.at, unknown["order"])
	}
	return true
}

// selected reads what stands between SELECT and FROM.
func (p *parser) selected() bool {
	if p.accept("*") {
		p.star = true
		return true
	}
	for {
		p.offer(aggregateWords)
		if !p.item() {
			return false
		}
		if !p.accept(",") {
			return true
		}
	}
}

func (p *parser) item() bool {
	if p.startsAggregate() {
		p.advance()
		p.advance()
		if !p.accept("*") && !p.now.is(")") && !p.path() {
			return false
		}
		if !p.expect(")") {
			return false
		}
	} else if !p.expression() {
		return false
	}
	if !p.accept("AS") {
		return true
	}
	return p.name("a name after AS")
}

func (p *parser) startsAggregate() bool {
	if p.now.kind != nameToken || !scan(p.text, p.now.end).is("(") {
		return false
	}
	for _, a := range aggregates {
		if p.now.is(a.word) {
			return true
		}
	}
	return false
}

// source reads FROM and a collection.
func (p *parser) source() bool {
	if p.now.is("WHERE") || p.now.is("devices") {
		return p.wrong(p.now.at, "FROM is missing: write FROM devices WHERE …")
	}
	if !p.expect("FROM") {
		return false
	}
	p.offer(sourceWords)
	if !p.now.is("devices") {
		return p.unexpected("devices, devices.modules or devices.jobs")
	}
	p.advance()
	p.from = "devices"
	if !p.now.is(".") {
		return true
	}
	p.advance()
	if !p.now.is("modules") && !p.now.is("jobs") {
		return p.unexpected("devices.modules or devices.jobs")
	}
	p.from = "devices." + strings.ToLower(p.now.text)
	p.advance()
	return true
}

func (p *parser) groupBy() bool {
	if !p.expect("BY") {
		return false
	}
	if p.star {
		p.doubted(p.now.at, "GROUP BY needs fields after SELECT in place of *")
	}
	for {
		if !p.path() {
			return false
		}
		if !p.accept(",") {
			return true
		}
	}
}
