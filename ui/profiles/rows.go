package profiles

import (
	"slices"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

var columns = []widget.Column{
	{Title: "PROFILE", Width: 10, Grow: true},
	{Title: "FROM", Width: 8},
}

// rows is the list as it was last read.
type rows struct {
	ctx  *page.Context
	list []entry
}

func (r *rows) selected(t *widget.Table) (entry, bool) {
	i := r.Find(t.Key())
	if i < 0 {
		return entry{}, false
	}
	return r.list[i], true
}

// counts are how many are built in, the user's, and broken.
func (r *rows) counts() (builtin, own, broken int) {
	for _, e := range r.list {
		switch {
		case e.path == "":
			builtin++
		case e.unsaved:
		case e.profile == nil:
			broken++
		default:
			own++
		}
	}
	return builtin, own, broken
}

// Len implements widget.Source.
func (r *rows) Len() int { return len(r.list) }

// Key implements widget.Source.
func (r *rows) Key(row int) string { return r.list[row].key() }

// Find implements widget.Source.
func (r *rows) Find(key string) int {
	return slices.IndexFunc(r.list, func(e entry) bool { return e.key() == key })
}

// Cells implements widget.Source.
func (r *rows) Cells(row int) []widget.Cell {
	s, e := r.ctx.Styles, r.list[row]
	name := safe.Line(e.name, 64)
	switch {
	case e.path == "":
		return []widget.Cell{{Text: name, Style: s.Text}, {Text: "built in", Style: s.Muted}}
	case e.draft:
		return []widget.Cell{{Text: name, Style: s.Text}, {Text: "● draft", Style: s.Warning}}
	case e.profile == nil:
		return []widget.Cell{{Text: name, Style: s.Text}, {Text: "✗ broken", Style: s.Danger}}
	}
	return []widget.Cell{{Text: name, Style: s.Text}, {Text: "yours", Style: s.Accent}}
}
