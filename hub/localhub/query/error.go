package query

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error is a query that cannot be run, with the place in its text.
type Error struct {
	// Line and Column are where, from 1, Column in characters. Both are 0 when the
	// reason is not at one place.
	Line, Column int
	// Reason is a sentence without its full stop and without semicolons, which
	// clients cut error texts at (protocol 2.3).
	Reason string
}

// Error gives "line 1, column 15: expected FROM, found the end".
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

// ErrContinuation says that a continuation token is not one that this engine
// gave for the query.
var ErrContinuation = &Error{Reason: "the continuation token is not one of this query"}

// errorAt is an error at a byte offset of text.
func errorAt(text string, offset int, format string, args ...any) *Error {
	before := text[:offset]
	start := strings.LastIndexByte(before, '\n') + 1
	return &Error{
		Line:   strings.Count(before, "\n") + 1,
		Column: utf8.RuneCountInString(before[start:]) + 1,
		Reason: fmt.Sprintf(format, args...),
	}
}
