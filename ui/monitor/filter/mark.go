package filter

import (
	"regexp"
	"strings"
)

// A Mark is something looked for: a text, upper and lower case alike, or a regular expression. It is found in events,
// and marked in what is drawn of them.
type Mark struct {
	lower string
	re    *regexp.Regexp
}

// TextMark looks for a text.
func TextMark(text string) Mark { return Mark{lower: LowerASCII(text)} }

// ParseMark reads what is typed into a search: text as it is, or /a regular expression/.
func ParseMark(text string) (Mark, error) {
	if len(text) < 2 || !strings.HasPrefix(text, "/") {
		return TextMark(text), nil
	}
	pattern, flags, closed := cutRegexp(text)
	if !closed || flags != "" && flags != "i" {
		return TextMark(text), nil // a path, or not finished: then it is text
	}
	re, err := compileRegexp(pattern, flags)
	if err != nil {
		return Mark{}, wrong(text, 1, regexpProblem(err))
	}
	return Mark{re: re}, nil
}

// IsZero tells whether nothing is looked for.
func (m Mark) IsZero() bool { return m.lower == "" && m.re == nil }

// String names the mark: equal marks have equal names.
func (m Mark) String() string {
	if m.re != nil {
		return "/" + m.re.String() + "/"
	}
	return m.lower
}

// Index finds the mark in a text: where, and how long it is there. n is 0 when it is not.
func (m Mark) Index(text string) (at, n int) {
	if m.re == nil {
		if at = IndexFold(text, m.lower); at < 0 || m.lower == "" {
			return -1, 0
		}
		return at, len(m.lower)
	}
	found := m.re.FindStringIndex(text)
	if found == nil || found[0] == found[1] {
		return -1, 0
	}
	return found[0], found[1] - found[0]
}

// in tells whether the mark is anywhere in an event: body, ids, properties.
func (m Mark) in(p *probe) bool {
	e := p.e
	if m.re != nil {
		return m.re.Match(p.body()) || anywhere(e, m.re.MatchString)
	}
	return IndexFold(p.bodyText(), m.lower) >= 0 || anywhere(e, func(s string) bool { return IndexFold(s, m.lower) >= 0 })
}
