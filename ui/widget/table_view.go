package widget

import (
	"strings"

	"charm.land/lipgloss/v2"

	"hubscope/ui/theme"
)

// View draws the heads and the rows that can be seen, exactly the size given.
func (t *Table) View(s *theme.Styles, focused bool) string {
	if t.height <= 0 || t.width <= 0 {
		return ""
	}
	lines := make([]string, 0, t.height)
	lines = append(lines, t.heads(s))
	from, to := t.Visible()
	for row := from; row < to; row++ {
		lines = append(lines, t.row(s, row, focused))
	}
	return Box(lines, t.width, t.height)
}

func (t *Table) heads(s *theme.Styles) string {
	var b strings.Builder
	between := gutter
	for i, c := range t.columns {
		if t.widths[i] == 0 {
			continue
		}
		b.WriteString(strings.Repeat(" ", between))
		between = gap
		title := c.Title
		if i == t.Sorted && t.Descending {
			title += " ▼"
		} else if i == t.Sorted {
			title += " ▲"
		}
		b.WriteString(headStyle(s, i == t.Sorted).Render(place(title, t.widths[i], c.Right)))
	}
	return b.String()
}

func headStyle(s *theme.Styles, sorted bool) lipgloss.Style {
	if sorted {
		return s.Heading.Bold(true)
	}
	return s.Heading
}

func (t *Table) row(s *theme.Styles, row int, focused bool) string {
	selected := row == t.cursor
	over := lipgloss.NewStyle()
	mark := "  "
	if selected {
		over, mark = s.SelectedBlur, "▸ "
		if focused {
			over = s.Selected
		}
	}
	var b strings.Builder
	lead := " "
	if m, ok := t.source.(Marker); ok && m.Marked(row) {
		lead = "•"
	}
	b.WriteString(s.Marker.Inherit(over).Render(lead + mark))
	used := gutter
	cells := t.source.Cells(row)
	for i, c := range t.columns {
		if t.widths[i] == 0 || i >= len(cells) {
			continue
		}
		if used > gutter {
			b.WriteString(over.Render(strings.Repeat(" ", gap)))
			used += gap
		}
		used += t.widths[i]
		b.WriteString(cells[i].draw(s, over, t.widths[i], c.Right))
	}
	if used < t.width {
		b.WriteString(over.Render(strings.Repeat(" ", t.width-used)))
	}
	return b.String()
}

func place(text string, width int, right bool) string {
	if right {
		return FitRight(text, width)
	}
	return Fit(text, width)
}

// draw draws a cell over the background of its row, with the letters underlined that a search has found.
func (c Cell) draw(s *theme.Styles, over lipgloss.Style, width int, right bool) string {
	text, plain := place(c.Text, width, right), c.Style.Inherit(over)
	if len(c.Found) == 0 || right {
		return plain.Render(text)
	}
	found := s.Match.Inherit(over)
	var b strings.Builder
	at := 0
	for i := 0; i < len(c.Found); {
		from := c.Found[i]
		until := from + 1
		for i++; i < len(c.Found) && c.Found[i] == until; i++ {
			until++
		}
		// What was cut off is not here any more, and an ellipsis stands in its place.
		if until > len(text) || text[:until] != c.Text[:until] {
			break
		}
		b.WriteString(plain.Render(text[at:from]) + found.Render(text[from:until]))
		at = until
	}
	b.WriteString(plain.Render(text[at:]))
	return b.String()
}
