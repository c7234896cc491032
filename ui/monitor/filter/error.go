package filter

import "unicode/utf8"

// Error says what is wrong with a filter, in a sentence, and where.
type Error struct {
	Text   string
	Column int // of the character that it is about, 1 being the first; one past the end when something is missing there
}

// Error is the sentence alone.
func (e *Error) Error() string { return e.Text }

// wrong is an error about the byte at offset of a text.
func wrong(text string, offset int, sentence string) *Error {
	return &Error{sentence, 1 + utf8.RuneCountInString(text[:min(offset, len(text))])}
}
