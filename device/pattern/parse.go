package pattern

import (
	"strings"
	"unicode/utf8"

	"hubscope/hub/connstr"
)

// MaxText is how long the text of a pattern may be, in bytes: enough for a list of a few hundred ids.
const MaxText = 32 << 10

// Parse reads a pattern. A text with no braces is one id. Every error is an *[Error].
func Parse(text string) (Pattern, error) {
	p := parser{text: text}
	if err := p.read(); err != nil {
		return Pattern{}, err
	}
	if err := p.check(); err != nil {
		return Pattern{}, err
	}
	return Pattern{text: text, parts: p.parts, count: p.count}, nil
}

// parser reads a pattern from left to right. What is before its place are characters of ASCII, which makes a byte a
// column.
type parser struct {
	text  string
	place int
	parts []part
	count int
}

func (p *parser) column() int { return p.place + 1 }

func (p *parser) read() error {
	if p.text == "" {
		return wrong(1, "there is no pattern: write an id, or several as in pump-{001..250}")
	}
	if len(p.text) > MaxText {
		return wrong(MaxText+1, "the pattern is longer than %d characters: use several", MaxText)
	}
	for p.place < len(p.text) {
		switch p.text[p.place] {
		case '{':
			if err := p.brace(); err != nil {
				return err
			}
		case '}':
			return wrong(p.column(), "this brace was not opened: add { before it, or take it away")
		default:
			if err := p.literal(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *parser) literal() error {
	column := p.column()
	text, err := p.until("{}")
	if err != nil {
		return err
	}
	p.parts = append(p.parts, part{column: column, values: []value{{column: column, text: text}}})
	return nil
}

// until takes characters of an id up to one of stop, or to the end.
func (p *parser) until(stop string) (string, error) {
	start := p.place
	for p.place < len(p.text) && !strings.ContainsRune(stop, rune(p.text[p.place])) {
		r, _ := utf8.DecodeRuneInString(p.text[p.place:])
		if !connstr.AllowedInID(r) {
			return "", wrong(p.column(), "a device id cannot have %s: letters and digits of ASCII and - : . + %% _ # * ? ! ( ) , = @ ; $ ' are allowed", nameOf(r))
		}
		p.place++
	}
	return p.text[start:p.place], nil
}

// brace reads {value,value}.
func (p *parser) brace() error {
	opened := p.column()
	p.place++
	brace := part{column: opened}
	room := MaxIDs
	for {
		column := p.column()
		text, err := p.until("{},")
		if err != nil {
			return err
		}
		if p.place == len(p.text) {
			return wrong(opened, "this brace is not closed: add } where it ends")
		}
		if p.text[p.place] == '{' {
			return wrong(p.column(), "a brace within a brace cannot be read: write them one after the other, as in {a,b}-{1..3}")
		}
		v, err := readValue(text, column)
		if err != nil {
			return err
		}
		if room -= v.len(); room < 0 {
			return wrong(opened, "this brace has more than %s values, and a pattern gives at most as many ids", grouped(MaxIDs))
		}
		brace.values = append(brace.values, v)
		p.place++
		if p.text[p.place-1] == '}' {
			return p.closeBrace(brace)
		}
	}
}

func (p *parser) closeBrace(brace part) error {
	if v := brace.values[0]; len(brace.values) == 1 && !v.isRange() {
		return wrong(brace.column, "this brace has one value: a range is written {1..%s}, a list {a,b}, one value without braces", countOr(v.text, "250"))
	}
	if text, v, found := brace.twice(); found {
		return wrong(v.column, "%s comes twice in this brace: a device can be in a list once", text)
	}
	p.parts = append(p.parts, brace)
	return nil
}

// countOr gives the text when it is a number of one or more, for an advice that fits.
func countOr(text, other string) string {
	if n, ok := number(text); ok && n > 1 {
		return text
	}
	return other
}
