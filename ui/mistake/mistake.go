// Package mistake finds what is wrong with a text that is being typed, and says it in words, with the place.
package mistake

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Mistake is what is wrong with a text, and where: line and column counted from 1, in characters, 0 when it is about all
// of it. Text is harmless.
type Mistake struct {
	Line, Column int
	Text         string
}

// String is the place and what is wrong there.
func (m *Mistake) String() string {
	if m.Line == 0 {
		return m.Text
	}
	return fmt.Sprintf("line %d, column %d: %s", m.Line, m.Column, m.Text)
}

// JSON says what keeps a text from being one JSON value; nil when nothing does. White space alone is right too.
func JSON(text string) *Mistake {
	if !utf8.ValidString(text) {
		return &Mistake{Text: "the text is not UTF-8"}
	}
	if strings.TrimSpace(text) == "" {
		return nil
	}
	var syntax *json.SyntaxError
	err := json.Unmarshal([]byte(text), new(json.RawMessage))
	if !errors.As(err, &syntax) {
		return nil
	}
	at, words := place(text, syntax)
	before := text[:at]
	line := strings.Count(before, "\n")
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return &Mistake{line + 1, column + 1, words}
}

// place is where in the text a mistake is, and what it is in words. The package json gives the byte behind it.
func place(text string, e *json.SyntaxError) (at int, words string) {
	at = int(min(max(0, e.Offset-1), int64(len(text))))
	words = e.Error()
	switch {
	case strings.HasPrefix(words, "unexpected end"):
		at = len(strings.TrimRight(text, " \t\r\n"))
		return at, missing(text[:at]) + " is missing at the end"
	case at < len(text) && (text[at] == '\n' || text[at] == '\r') && strings.Contains(words, "string literal"):
		return at, "a text ends with its line: the closing quote is missing"
	case strings.HasSuffix(words, "after top-level value"):
		return at, "one value is complete here, and more follows"
	case strings.HasSuffix(words, "looking for beginning of object key string"):
		return at, "a name in double quotes is expected here"
	case strings.HasSuffix(words, "after object key"):
		return at, "a colon is expected here"
	case strings.HasSuffix(words, "after object key:value pair"):
		return at, "a comma or } is expected here"
	case strings.HasSuffix(words, "after array element"):
		return at, "a comma or ] is expected here"
	case strings.HasSuffix(words, "looking for beginning of value"):
		return at, "a value is expected here"
	}
	return at, words
}

// missing says what a text that ends too early lacks.
func missing(text string) string {
	var open []byte
	inside, escaped := false, false
	for _, c := range []byte(text) {
		switch {
		case escaped:
			escaped = false
		case inside && c == '\\':
			escaped = true
		case c == '"':
			inside = !inside
		case inside:
		case c == '{' || c == '[':
			open = append(open, c+2) // the closing bracket, in ASCII
		case (c == '}' || c == ']') && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	switch {
	case inside:
		return `a closing "`
	case len(open) > 0:
		return "a closing " + string(open[len(open)-1])
	}
	return "a value"
}
