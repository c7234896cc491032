package monitor

import (
	"bytes"
	"encoding/json"
	"strings"

	"hubscope/ui/safe"
)

// jsonDocument lays out valid JSON, numbers and order as they were sent.
func jsonDocument(body []byte, width int) *textDocument {
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, bytes.TrimSpace(body), "", "  "); err != nil {
		return plainDocument(string(body), width)
	}
	d := &textDocument{}
	for line := range strings.SplitSeq(pretty.String(), "\n") {
		line = safe.Inline(line)
		if len(line) <= width {
			d.lines = append(d.lines, textLine{json: line})
			continue
		}
		d.add(tokens(line), width, leading(line)+2)
	}
	return d
}

func leading(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// tokens takes one line of laid out JSON apart. Strings do not go over the end of a line.
func tokens(line string) []span {
	var spans []span
	for line != "" {
		n, kind := token(line)
		if kind == stringSpan && strings.HasPrefix(line[n:], ":") {
			kind = keySpan
		}
		spans = append(spans, span{kind, line[:n]})
		line = line[n:]
	}
	return spans
}

func token(line string) (n int, kind spanKind) {
	switch c := line[0]; {
	case c == '"':
		return stringEnd(line), stringSpan
	case c == '-' || c >= '0' && c <= '9':
		return run(line, "+-.0123456789eE"), numberSpan
	case c >= 'a' && c <= 'z':
		return run(line, "abcdefghijklmnopqrstuvwxyz"), wordSpan
	default:
		return run(line, " {}[]:,"), punctSpan
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
	for n < len(line) && strings.IndexByte(set, line[n]) >= 0 {
		n++
	}
	return n
}
