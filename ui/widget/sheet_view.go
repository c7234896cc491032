package widget

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// View draws the lines and one note for all of them.
func (f *Sheet) View(maxWidth, maxHeight int) string {
	width := min(maxWidth, formWidth)
	var out []string
	for i, l := range f.lines {
		if !l.Hidden {
			out = append(out, f.viewLine(l, i == f.at, width))
		}
	}
	for len(out) < len(f.lines) { // the room of hidden lines, so that the box keeps its height
		out = append(out, strings.Repeat(" ", width))
	}
	out = append(append(out, ""), f.note(width)...)
	if f.o.Below != nil {
		out = append(out, f.o.Below(width, max(0, maxHeight-len(out)))...)
	}
	return strings.Join(out, "\n")
}

func (f *Sheet) viewLine(l *sheetLine, focused bool, width int) string {
	s, mark := f.styles, "  "
	if focused {
		mark = "▸ "
	}
	label := s.Muted.Render(Fit(l.Label, f.o.LabelWidth))
	return Fit(s.Marker.Render(mark)+label+l.view(s, focused, width-f.o.LabelWidth-2), width)
}

// note has the same height, so that the box keeps its own, unless there is more to say about a failure.
func (f *Sheet) note(width int) []string {
	s := f.styles
	style, text := s.Muted, f.lines[f.at].note()
	problem := f.lines[f.at].complaint()
	for _, l := range f.lines {
		if problem == nil {
			problem = l.complaint()
		}
	}
	switch {
	case f.busy:
		style, text = s.Waiting, "… "+cmp.Or(f.progress, f.o.Doing)
	case problem != nil:
		style, text = s.Danger, "✗ "+problem.Error()
	case f.failed != "":
		style, text = s.Danger, "✗ "+strings.TrimSuffix(f.failed+"; "+f.next, "; ")
	}
	lines := Wrap(text, width-2)
	room := noteLines
	if !f.busy && problem == nil && f.failed != "" {
		room = max(noteLines, len(lines))
	}
	lines = append(lines, slices.Repeat([]string{""}, noteLines)...)[:room]
	for i := range lines {
		lines[i] = style.Render(Fit("  "+lines[i], width))
	}
	return lines
}

// Cursor is that of a text; a choice has none.
func (f *Sheet) Cursor() *tea.Cursor {
	l := f.lines[f.at]
	if l.input == nil {
		return nil
	}
	c := l.input.Cursor()
	if c == nil {
		return nil
	}
	c.X += 2 + f.o.LabelWidth
	for _, above := range f.lines[:f.at] {
		if !above.Hidden {
			c.Y++
		}
	}
	return c
}
