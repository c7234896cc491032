// Package mistake finds what is wrong with a text that is being typed, and says it in words, with the place.
package mistake

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"hubscope/hub/jsontext"
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
	at, words, wrong := jsontext.Mistake([]byte(text))
	if !wrong {
		return nil
	}
	before := text[:at]
	line := strings.Count(before, "\n")
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return &Mistake{line + 1, column + 1, words}
}

// Head is the mistake as a heading of so many columns: when there is no room for all of it only its place, and rest is
// what is wrong there.
func (m *Mistake) Head(room int) (head, rest string) {
	if text := m.String(); ansi.StringWidth(text) <= room || m.Line == 0 {
		return text, ""
	}
	return fmt.Sprintf("line %d, column %d:", m.Line, m.Column), m.Text
}
