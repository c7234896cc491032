package pattern

import "fmt"

// Error says what is wrong with a pattern.
type Error struct {
	// Column is where, in characters from 1.
	Column int
	// Message is a sentence: what is wrong and what to write instead.
	Message string
}

// Error gives the sentence with the column.
func (e *Error) Error() string { return fmt.Sprintf("column %d: %s", e.Column, e.Message) }

func wrong(column int, format string, args ...any) *Error {
	return &Error{Column: column, Message: fmt.Sprintf(format, args...)}
}
