package paint

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/safe"
)

// Document is something long to scroll through, drawn line by line.
type Document interface {
	Len() int
	Line(i int, pens *[Kinds]Pen) string
}

// Span is a piece of a line in one colour. Its text is harmless.
type Span struct {
	Kind SpanKind
	Text string
}

// Text is lines of spans, none wider than the document was made for.
type Text struct{ lines []textLine }

// textLine is either spans or JSON that is taken apart when it is drawn: of a long document few lines are.
type textLine struct {
	spans []Span
	json  string
}

// Len implements Document.
func (d *Text) Len() int { return len(d.lines) }

// Line implements Document.
func (d *Text) Line(i int, pens *[Kinds]Pen) string {
	spans := d.lines[i].spans
	if text := d.lines[i].json; text != "" {
		spans = Tokens(text)
	}
	return Spans(spans, pens)
}

// Spans draws the pieces of a line.
func Spans(spans []Span, pens *[Kinds]Pen) string {
	var b strings.Builder
	for _, s := range spans {
		pens[s.Kind].Write(&b, s.Text)
	}
	return b.String()
}

// Add appends a line, broken where it is wider than width. What follows a break is moved in by hang cells.
func (d *Text) Add(line []Span, width, hang int) {
	if width < 4 {
		return
	}
	if fits(line, width) {
		d.lines = append(d.lines, textLine{spans: line})
		return
	}
	hang = min(hang, width/2)
	var row []Span
	room, begins := width, true // whether nothing of the line stands in the row yet
	for _, s := range line {
		for s.Text != "" {
			head, cells := headOf(s.Text, room)
			head = withTail(betweenWords(head, s.Text), s.Text)
			if head == "" && begins { // the next row has no more room
				head, cells = ansi.FirstGraphemeCluster(s.Text, ansi.GraphemeWidth)
			}
			if head != "" {
				cells = min(cells, ansi.StringWidth(head))
				row = append(row, Span{s.Kind, head})
				s.Text, room, begins = s.Text[len(head):], room-cells, false
				if s.Text == "" {
					continue
				}
			}
			d.lines = append(d.lines, textLine{spans: row})
			row, room, begins = indent(hang), width-hang, true
		}
	}
	d.lines = append(d.lines, textLine{spans: row})
}

// Append adds the lines of another text.
func (d *Text) Append(other *Text) { d.lines = append(d.lines, other.lines...) }

// fits is quick for short ASCII, which most lines are.
func fits(line []Span, width int) bool {
	for _, s := range line {
		width -= len(s.Text) // a character has no more cells than bytes
	}
	return width >= 0
}

// betweenWords shortens the head of a text that has to be broken, when there is a space near its end.
func betweenWords(head, text string) string {
	const near = 24
	if len(head) == len(text) || head == "" || text[len(head)] == ' ' {
		return head
	}
	if i := strings.LastIndexByte(head, ' '); i >= 0 && i > len(head)-near && i > len(head)/2 {
		return head[:i+1]
	}
	return head
}

// withTail shortens the head of a text of which only a bracket would be left for the next line: that goes with what is
// before it.
func withTail(head, text string) string {
	const company = 8
	if head == "" || text[len(head):] != ")" {
		return head
	}
	if i := strings.IndexByte(head, '('); i > 0 {
		return head[:i] // all of what is in brackets goes together
	}
	if i := strings.LastIndexByte(head, ' '); i >= 0 && i > len(head)-company {
		return head[:i+1]
	}
	if shorter, _ := headOf(head, ansi.StringWidth(head)-company); shorter != "" {
		return shorter
	}
	return head // something must go on this line
}

func indent(cells int) []Span {
	if cells == 0 {
		return nil
	}
	return []Span{{PlainSpan, strings.Repeat(" ", cells)}}
}

// headOf gives the beginning of clean text that fits into room cells. Text can be very long: only as much is looked
// at as fits.
func headOf(text string, room int) (head string, cells int) {
	end := 0
	for end < len(text) {
		// ASCII before ASCII is a character of one cell.
		if text[end] < utf8.RuneSelf && (end+1 == len(text) || text[end+1] < utf8.RuneSelf) {
			if cells == room {
				break
			}
			end++
			cells++
			continue
		}
		cluster, width := ansi.FirstGraphemeCluster(text[end:], ansi.GraphemeWidth)
		if cells+width > room {
			break
		}
		end += len(cluster)
		cells += width
	}
	return text[:end], cells
}

// NewPlain shows text as it is.
func NewPlain(text string, width int) *Text {
	d := &Text{}
	for line := range strings.SplitSeq(strings.TrimSuffix(safe.Text(text), "\n"), "\n") {
		d.Add([]Span{{PlainSpan, line}}, width, 0)
	}
	return d
}

// Hex shows bytes; a line is made when it is drawn.
type Hex struct {
	body    []byte
	perLine int
}

// NewHex shows 16 bytes a line where there is room, else 8 or 4.
func NewHex(body []byte, width int) *Hex {
	perLine := 16
	for perLine > 4 && 10+4*perLine+perLine/8 > width {
		perLine /= 2
	}
	return &Hex{body, perLine}
}

// Len implements Document.
func (d *Hex) Len() int { return (len(d.body) + d.perLine - 1) / d.perLine }

// Line implements Document.
func (d *Hex) Line(i int, pens *[Kinds]Pen) string {
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
	return pens[MutedSpan].Render(fmt.Sprintf("%08x  ", from)) + pens[PlainSpan].Render(pairs.String()) +
		pens[StringSpan].Render(text.String())
}

func printable(c byte) byte {
	if c < 0x20 || c > 0x7e {
		return '.'
	}
	return c
}
