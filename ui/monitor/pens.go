package monitor

import (
	"strings"

	"charm.land/lipgloss/v2"

	"hubscope/ui/theme"
)

// pen is a style that was turned into its escape sequences once: rows are drawn by the hundred a second.
type pen struct{ open, close string }

func newPen(style lipgloss.Style) pen {
	const probe = "x"
	open, after, _ := strings.Cut(style.Render(probe), probe)
	return pen{open, after}
}

// write draws text, which must hold no line break.
func (p pen) write(b *strings.Builder, text string) {
	if text == "" {
		return
	}
	b.WriteString(p.open)
	b.WriteString(text)
	b.WriteString(p.close)
}

func (p pen) render(text string) string {
	if text == "" {
		return ""
	}
	return p.open + text + p.close
}

// rowPens draw a row: plain, or under the cursor.
type rowPens struct {
	marker, time, device, place, number, body, note, properties, match, blank pen
}

func newRowPens(s *theme.Styles, over lipgloss.Style) rowPens {
	on := func(style lipgloss.Style) pen { return newPen(style.Inherit(over)) }
	return rowPens{
		marker: on(s.Marker), time: on(s.Muted), device: on(s.Accent), place: on(s.Muted), number: on(s.Muted),
		body: on(s.Text), note: on(s.Info), properties: on(s.Muted), match: on(s.Match), blank: newPen(over),
	}
}

// spanKind says what a piece of a document is; it picks the colour.
type spanKind uint8

const (
	plainSpan spanKind = iota
	keySpan
	stringSpan
	numberSpan
	wordSpan
	punctSpan
	mutedSpan
	kinds
)

func newSpanPens(s *theme.Styles) (pens [kinds]pen) {
	pens[plainSpan] = newPen(s.Text)
	pens[keySpan] = newPen(s.JSONKey)
	pens[stringSpan] = newPen(s.JSONString)
	pens[numberSpan] = newPen(s.JSONNumber)
	pens[wordSpan] = newPen(s.JSONWord)
	pens[punctSpan] = newPen(s.JSONPunct)
	pens[mutedSpan] = newPen(s.Muted)
	return pens
}
