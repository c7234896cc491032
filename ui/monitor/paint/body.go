package paint

import (
	"bytes"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

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
