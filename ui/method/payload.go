package method

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxPayload is the greatest payload that a hub takes, in bytes (protocol 9).
const maxPayload = 128 << 10

// mistake is what is wrong with a payload, and where: line and column counted from 1, 0 when it is about all of it. Its
// text is harmless.
type mistake struct {
	line, column int
	text         string
}

func (m *mistake) String() string {
	if m.line == 0 {
		return m.text
	}
	return fmt.Sprintf("line %d, column %d: %s", m.line, m.column, m.text)
}

// checkPayload says what keeps a text from being a payload; nil when nothing does. White space alone is one: nothing.
func checkPayload(text string) *mistake {
	if len(text) > maxPayload {
		return &mistake{text: fmt.Sprintf("%d bytes are too many: a hub takes 128 kB", len(text))}
	}
	if !utf8.ValidString(text) {
		return &mistake{text: "the text is not UTF-8"}
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
	return &mistake{line + 1, column + 1, words}
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

// payloadOf is the payload that a text stands for, nil when it is nothing.
func payloadOf(text string) json.RawMessage {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return json.RawMessage(text)
}

// compact is a payload on one line, as short as it gets.
func compact(payload json.RawMessage) string {
	if len(payload) == 0 {
		return ""
	}
	var b bytes.Buffer
	if json.Compact(&b, payload) != nil {
		return string(payload)
	}
	return b.String()
}
