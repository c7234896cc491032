package paint

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"hubscope/ui/safe"
)

// NewJSON lays out valid JSON, numbers and order as they were sent.
func NewJSON(body []byte, width int) *Text {
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, bytes.TrimSpace(body), "", "  "); err != nil {
		return NewPlain(string(body), width)
	}
	d := &Text{}
	for line := range strings.SplitSeq(pretty.String(), "\n") {
		line = safe.Inline(line)
		if len(line) <= width {
			d.lines = append(d.lines, textLine{json: line})
			continue
		}
		d.Add(Tokens(line), width, leading(line)+2)
	}
	return d
}

func leading(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// Tokens takes one line of laid out JSON apart. Strings do not go over the end of a line.
func Tokens(line string) []Span {
	var spans []Span
	for line != "" {
		n, kind := token(line)
		if kind == StringSpan && strings.HasPrefix(line[n:], ":") {
			kind = KeySpan
		}
		spans = append(spans, Span{kind, line[:n]})
		line = line[n:]
	}
	return spans
}

func token(line string) (n int, kind SpanKind) {
	switch c := line[0]; {
	case c == '"':
		return stringEnd(line), StringSpan
	case c == '-' || c >= '0' && c <= '9':
		return run(line, "+-.0123456789eE"), NumberSpan
	case c >= 'a' && c <= 'z':
		return run(line, "abcdefghijklmnopqrstuvwxyz"), WordSpan
	default:
		return run(line, " {}[]:,"), PunctSpan
	}
}

func stringEnd(line string) int {
	for i := 1; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(line)
}

// run is how many characters of the set line begins with, at least one.
func run(line, set string) int {
	n := 1
	for n < len(line) && !utf8.RuneStart(line[n]) { // outside of strings too a character stays whole
		n++
	}
	for n < len(line) && strings.IndexByte(set, line[n]) >= 0 {
		n++
	}
	return n
}
