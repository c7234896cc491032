package query

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/widget"
)

// prompt stands before the text.
const prompt = " Q "

const (
	example = "tags.site = 'north' AND connectionState = 'Connected'"
	asking  = " asking… "
)

// SetWidth gives the width of the line.
func (b *Bar) SetWidth(width int) {
	b.width = width
	b.reveal()
}

// field is how many cells the text has.
func (b *Bar) field() int { return max(8, b.width-len(prompt)-1-len([]rune(asking))) }

// reveal scrolls the line so that the cursor can be seen.
func (b *Bar) reveal() {
	text := []rune(b.Value())
	at := min(b.input.At(), len(text))
	b.scroll = min(b.scroll, at)
	for b.scroll < at && cellsOf(text[b.scroll:at]) >= b.field() {
		b.scroll++
	}
	// What is left of the line comes back when there is room again.
	for b.scroll > 0 && cellsOf(text[b.scroll-1:]) < b.field() {
		b.scroll--
	}
}

// cell is what a character is drawn as: one that has no width, or would move others, is shown as a dot.
func cell(r rune) (string, int) {
	if n := ansi.StringWidth(string(r)); n > 0 && unicode.IsPrint(r) {
		return string(r), n
	}
	return "·", 1
}

func cellsOf(text []rune) int {
	n := 0
	for _, r := range text {
		_, w := cell(r)
		n += w
	}
	return n
}

// line draws the text in the colours of its words.
func (b *Bar) line(width int) string {
	s := b.styles
	out := s.Key.Render(prompt)
	room := b.field()
	if b.Value() == "" {
		out += s.Placeholder.Render(widget.Fit(example, room))
	} else {
		out += widget.Fit(b.coloured(room), room)
	}
	if b.busy {
		out += s.Muted.Render(asking)
	}
	return widget.Fit(out, width)
}

func (b *Bar) coloured(room int) string {
	text := b.Value()
	var out, run strings.Builder
	style, next := b.styles.FieldFocus, scan(text, 0)
	flush := func() {
		if run.Len() > 0 {
			out.WriteString(style.Render(run.String()))
			run.Reset()
		}
	}
	used, n := 0, 0
	for i, r := range text {
		switch {
		case next.kind != endToken && i == next.at:
			flush()
			style = b.styleOf(text, next)
		case next.kind != endToken && i >= next.end:
			flush()
			style, next = b.styles.FieldFocus, scan(text, next.end)
			if i == next.at {
				style = b.styleOf(text, next)
			}
		}
		if n++; n <= b.scroll {
			continue
		}
		shown, w := cell(r)
		if used += w; used > room {
			break
		}
		run.WriteString(shown)
	}
	flush()
	return out.String()
}

func (b *Bar) styleOf(text string, t token) lipgloss.Style {
	s := b.styles
	switch {
	case t.kind == stringToken, t.kind == brokenToken && t.open:
		return s.JSONString
	case t.kind == numberToken:
		return s.JSONNumber
	case t.kind == nameToken && reserved[strings.ToLower(t.text)]:
		return s.Accent
	case t.kind == nameToken && scan(text, t.end).is("("):
		return s.JSONWord
	case t.kind == symbolToken:
		return s.Text
	}
	return s.FieldFocus
}

// cellOf is the cell under which a byte of the text is drawn, kept inside of the line.
func (b *Bar) cellOf(at int) int {
	before := []rune(b.Value()[:max(0, min(at, len(b.Value())))])
	x := len(prompt) + b.cells(len(before))
	return max(len(prompt), min(x, len(prompt)+b.field()))
}

// cells are those between the left end of the line and a character; less than 0 when it is left of it.
func (b *Bar) cells(character int) int {
	text := []rune(b.Value())
	if character < b.scroll {
		return -1
	}
	return cellsOf(text[b.scroll:min(character, len(text))])
}

// Cursor is relative to the bar.
func (b *Bar) Cursor() *tea.Cursor {
	c := b.input.Cursor()
	if c != nil {
		c.X = len(prompt) + max(0, b.cells(b.input.At()))
	}
	return c
}
