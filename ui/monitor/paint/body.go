package paint

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// Form is how a body reads.
type Form int

// The forms.
const (
	EmptyBody Form = iota
	JSONBody
	TextBody
	BinaryBody
)

// String is the form as a word for people.
func (f Form) String() string {
	return [...]string{"empty", "JSON", "text", "binary"}[f]
}

// FormOf looks at the whole body.
func FormOf(body []byte) Form {
	switch {
	case len(body) == 0:
		return EmptyBody
	case !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0:
		return BinaryBody
	case json.Valid(body) && depth(body) <= maxDepth:
		return JSONBody
	}
	return TextBody
}

// maxDepth bounds the nesting that is laid out: indentation grows with the square of it.
const maxDepth = 100

// depth is how deep valid JSON is nested.
func depth(body []byte) (deepest int) {
	now, inString := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

// Preview gives a body in one line of at most width cells. It looks at the beginning of the body only.
func Preview(body []byte, width int) string {
	const look = 4096
	if len(body) == 0 {
		return safe.Line("(empty)", width)
	}
	head, more := body, ""
	if len(body) > look {
		head, more = wholeRunes(body[:look]), safe.Ellipsis
	}
	if !utf8.Valid(head) || bytes.IndexByte(head, 0) >= 0 {
		return binaryPreview(body, width)
	}
	if bytes.IndexByte(head, '\n') < 0 {
		return safe.Bytes(body, width)
	}
	return safe.Line(strings.TrimSpace(unfold(string(head)))+more, width)
}

// wholeRunes takes away a character that was cut in two.
func wholeRunes(b []byte) []byte {
	for i := 1; i <= utf8.UTFMax && i <= len(b); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

// unfold makes a line break and the white space around it one space: what a pretty-printer did is undone. A carriage
// return that ends no line stays, and shows.
func unfold(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		line = strings.Trim(line, " \t")
		if line == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(line)
	}
	return b.String()
}

func binaryPreview(body []byte, width int) string {
	label := widget.Plural(len(body), "byte") + "  "
	room := min(max(0, width-len(label))/3+2, len(body))
	pairs := make([]string, 0, room)
	for i := range room {
		pairs = append(pairs, hex.EncodeToString(body[i:i+1]))
	}
	if room < len(body) {
		pairs = append(pairs, safe.Ellipsis)
	}
	return safe.Line(label+strings.Join(pairs, " "), width)
}
