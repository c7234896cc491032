package paint

import (
	"strings"

	"charm.land/lipgloss/v2"

	"hubscope/ui/theme"
)

// Pen is a style that was turned into its escape sequences once: rows are drawn by the hundred a second.
type Pen struct{ Open, Close string }

// NewPen turns a style into a pen.
func NewPen(style lipgloss.Style) Pen {
	const probe = "x"
	open, after, _ := strings.Cut(style.Render(probe), probe)
	return Pen{open, after}
}

// Write draws text, which must hold no line break.
func (p Pen) Write(b *strings.Builder, text string) {
	if text == "" {
		return
	}
	b.WriteString(p.Open)
	b.WriteString(text)
	b.WriteString(p.Close)
}

// Render is text drawn by itself.
func (p Pen) Render(text string) string {
	if text == "" {
		return ""
	}
	return p.Open + text + p.Close
}

// SpanKind says what a piece of a document is; it picks the colour.
type SpanKind uint8

// The kinds of spans; Kinds is how many there are.
const (
	PlainSpan SpanKind = iota
	KeySpan
	StringSpan
	NumberSpan
	WordSpan
	PunctSpan
	MutedSpan
	Kinds
)

// NewSpanPens makes a pen for each kind of span.
func NewSpanPens(s *theme.Styles) (pens [Kinds]Pen) {
	pens[PlainSpan] = NewPen(s.Text)
	pens[KeySpan] = NewPen(s.JSONKey)
	pens[StringSpan] = NewPen(s.JSONString)
	pens[NumberSpan] = NewPen(s.JSONNumber)
	pens[WordSpan] = NewPen(s.JSONWord)
	pens[PunctSpan] = NewPen(s.JSONPunct)
	pens[MutedSpan] = NewPen(s.Muted)
	return pens
}
