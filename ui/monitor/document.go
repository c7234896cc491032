package monitor

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/safe"
)

// document is something long to scroll through, drawn line by line.
type document interface {
	len() int
	line(i int, pens *[kinds]pen) string
}

// span is a piece of a line in one colour. Its text is harmless.
type span struct {
	kind spanKind
	text string
}

// textDocument is lines of spans, none wider than the document was made for.
type textDocument struct{ lines [][]span }

func (d *textDocument) len() int { return len(d.lines) }

func (d *textDocument) line(i int, pens *[kinds]pen) string {
	var b strings.Builder
	for _, s := range d.lines[i] {
		pens[s.kind].write(&b, s.text)
	}
	return b.String()
}

// add appends a line, broken where it is wider than width. What follows a break is moved in by hang cells.
func (d *textDocument) add(line []span, width, hang int) {
	if width < 4 {
		return
	}
	hang = min(hang, width/2)
	var row []span
	room := width
	for _, s := range line {
		for s.text != "" {
			head, cells := headOf(s.text, room)
			if head != "" {
				row = append(row, span{s.kind, head})
				s.text, room = s.text[len(head):], room-cells
				continue
			}
			d.lines = append(d.lines, row)
			row, room = indent(hang), width-hang
		}
	}
	d.lines = append(d.lines, row)
}

func indent(cells int) []span {
	if cells == 0 {
		return nil
	}
	return []span{{plainSpan, strings.Repeat(" ", cells)}}
}

// headOf gives the beginning of clean text that fits into room cells. Text can be very long: only as much is looked
// at as can matter.
func headOf(text string, room int) (head string, cells int) {
	if room <= 0 {
		return "", 0
	}
	plain := 0
	for plain < len(text) && plain < room && text[plain] < utf8.RuneSelf {
		plain++
	}
	if plain == len(text) || plain == room && text[plain] < utf8.RuneSelf {
		return text[:plain], plain
	}
	const bytesPerCell = 32 // a cell holds a few characters at most: package safe sees to it
	part := text[:min(len(text), bytesPerCell*(room+1))]
	for !utf8.ValidString(part) {
		part = part[:len(part)-1]
	}
	if ansi.StringWidth(part) > room {
		part = ansi.Truncate(part, room, "")
	}
	return part, ansi.StringWidth(part)
}

// plainDocument shows text as it is.
func plainDocument(text string, width int) *textDocument {
	d := &textDocument{}
	for line := range strings.SplitSeq(strings.TrimSuffix(safe.Text(text), "\n"), "\n") {
		d.add([]span{{plainSpan, line}}, width, 0)
	}
	return d
}

// hexDocument shows bytes; a line is made when it is drawn.
type hexDocument struct {
	body    []byte
	perLine int
}

// newHexDocument shows 16 bytes a line where there is room, else 8 or 4.
func newHexDocument(body []byte, width int) *hexDocument {
	perLine := 16
	for perLine > 4 && 10+4*perLine+perLine/8 > width {
		perLine /= 2
	}
	return &hexDocument{body, perLine}
}

func (d *hexDocument) len() int { return (len(d.body) + d.perLine - 1) / d.perLine }

func (d *hexDocument) line(i int, pens *[kinds]pen) string {
	from := i * d.perLine
	part := d.body[from:min(len(d.body), from+d.perLine)]
	var pairs, text strings.Builder
	for j := range d.perLine {
		if j%8 == 0 && j > 0 {
			pairs.WriteByte(' ')
		}
		if j >= len(part) {
			pairs.WriteString("   ")
			continue
		}
		pairs.WriteString(hex.EncodeToString(part[j : j+1]))
		pairs.WriteByte(' ')
		text.WriteByte(printable(part[j]))
	}
	return pens[mutedSpan].render(fmt.Sprintf("%08x  ", from)) + pens[plainSpan].render(pairs.String()) +
		pens[stringSpan].render(text.String())
}

func printable(c byte) byte {
	if c < 0x20 || c > 0x7e {
		return '.'
	}
	return c
}
