// Package safe makes text from outside harmless before it is drawn: payloads, ids, property values, error bodies.
//
// What comes out holds printable characters only. Everything that could move the cursor, change colours, reach the
// terminal's clipboard or title, reorder what is read (bidi overrides and isolates) or hide in it (zero-width and other
// default-ignorable characters) is replaced by a visible stand-in, so that a reader sees that it was there:
//
//	\x1b   ␛        the pictures of the C0 controls and DEL, one cell each
//	\u009b \u009b   C1 controls, format characters, unassigned and private-use characters, written out
//	0xff   \xff     bytes that are not UTF-8, written out
//
// Clean ASCII passes without an allocation. Widths are terminal cells, counted as x/ansi counts them.
package safe

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Ellipsis ends a line that was cut.
const Ellipsis = "…"

// Line gives s as one line of at most width cells. A line that does not fit is cut before the first character that
// would not leave room for the ellipsis. The cost depends on width, not on the length of s. It gives "" for a width
// of 0 or less.
func Line(s string, width int) string {
	if width <= 0 {
		return ""
	}
	if head := s[:min(len(s), width)]; isPlain(head) {
		if len(s) <= width {
			return s
		}
		// The next character may combine with the last one kept: only when it is plain too is the cut this simple.
		if s[width] < utf8.RuneSelf {
			return head[:width-1] + Ellipsis
		}
	}
	return cut(prefix(s, width), width)
}

// Bytes is Line for a body: it converts only what can be seen.
func Bytes(b []byte, width int) string {
	// No character is longer than UTFMax bytes, and few may share a cell. One more cell shows that there is more.
	if most := (width + 2) * (1 + maxJoined) * utf8.UTFMax; width > 0 && len(b) > most {
		b = b[:most]
	}
	return Line(string(b), width)
}

// Inline gives the whole of s as one line: line breaks and tabs are shown as ␊, ␍ and ␉.
func Inline(s string) string {
	if isPlain(s) {
		return s
	}
	var w writer
	w.b.Grow(len(s) + len(s)/8)
	for s != "" {
		s = w.next(s)
	}
	return w.b.String()
}

// Text gives s with its line breaks (\n and \r\n) kept and its tabs expanded to stops of four cells. Each line is as
// harmless as Inline makes it. Lines are not wrapped.
func Text(s string) string {
	if isPlain(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s) + len(s)/8)
	for line := range strings.Lines(s) {
		body, found := strings.CutSuffix(line, "\n")
		if found {
			body = strings.TrimSuffix(body, "\r")
		}
		out.WriteString(expandTabs(body))
		if found {
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// IsText tells whether b reads as text: UTF-8 without control characters other than tabs and line breaks.
func IsText(b []byte) bool {
	for len(b) > 0 {
		c := b[0]
		if c < utf8.RuneSelf {
			if isControlByte(c) && c != '\n' && c != '\r' && c != '\t' {
				return false
			}
			b = b[1:]
			continue
		}
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 || r < 0xa0 {
			return false
		}
		b = b[size:]
	}
	return true
}

const tabStop = 4

func expandTabs(line string) string {
	if !strings.Contains(line, "\t") {
		return Inline(line)
	}
	var out strings.Builder
	column := 0
	for i, part := range strings.Split(line, "\t") {
		if i > 0 {
			pad := tabStop - column%tabStop
			out.WriteString("    "[:pad])
			column += pad
		}
		clean := Inline(part)
		out.WriteString(clean)
		column += ansi.StringWidth(clean)
	}
	return out.String()
}

// prefix cleans as much of s as can matter for width cells, and a little more so that a cut shows.
func prefix(s string, width int) string {
	var w writer
	for s != "" && w.cells <= width {
		s = w.next(s)
	}
	return w.b.String()
}

// cut holds clean to width cells. x/ansi decides what is one character and how wide it is.
func cut(clean string, width int) string {
	if ansi.StringWidth(clean) <= width {
		return clean
	}
	return ansi.Truncate(clean, width, Ellipsis)
}
