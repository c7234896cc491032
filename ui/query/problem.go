package query

import "unicode/utf8"

// Grade is how certain a problem is.
type Grade uint8

// The grades.
const (
	// Unfinished is a text that is right as far as it goes.
	Unfinished Grade = iota
	// Doubt is what the documents of the service do not know: it may know better.
	Doubt
	// Wrong is what no service can understand.
	Wrong
)

// Problem is something about a text, with its place.
type Problem struct {
	Grade  Grade
	At     int    // byte of the text
	Reason string // a sentence without its full stop
}

// Column is the place in characters of text, from 1.
func (p *Problem) Column(text string) int {
	return utf8.RuneCountInString(text[:min(max(0, p.At), len(text))]) + 1
}
