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
	HeadingSpan
	AddedSpan
	RemovedSpan
	FreshSpan // has just changed
	Kinds
)

// NewSpanPens makes a pen for each kind of span. What a style leaves open is taken from over, which may be the row under
// the cursor.
func NewSpanPens(s *theme.Styles, over lipgloss.Style) (pens [Kinds]Pen) {
	for kind, style := range [Kinds]lipgloss.Style{
		PlainSpan: s.Text, KeySpan: s.JSONKey, StringSpan: s.JSONString, NumberSpan: s.JSONNumber, WordSpan: s.JSONWord,
		PunctSpan: s.JSONPunct, MutedSpan: s.Muted, HeadingSpan: s.Heading, AddedSpan: s.Added, RemovedSpan: s.Removed, FreshSpan: s.Fresh,
	} {
		pens[kind] = NewPen(style.Inherit(over))
	}
	return pens
}
