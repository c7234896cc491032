package devices

import (
	"maps"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// marks are the devices that an action on many is about. They stay marked when
// the list is filtered, sorted or read again.
type marks map[string]bool

// Marked implements widget.Marker.
func (r *rows) Marked(row int) bool { return r.marks[r.Key(row)] }

// mark marks the row under the cursor, or takes its mark away, and goes on to the next.
func (p *Page) mark() tea.Cmd {
	id := p.table.Key()
	switch {
	case !p.rows.marks[id]:
		p.rows.marks[id] = true
	case p.load.reading && p.table.Cursor() == p.rows.Len()-1:
		return nil // a key held down has come to the end of what is here: the next row is on its way
	default:
		delete(p.rows.marks, id)
	}
	p.table.Move(1)
	p.updateKeys()
	return p.moved()
}

// mostMarked is how many devices ctrl+a marks at once. An action on more of them is one for the service's own jobs.
const mostMarked = 100_000

// markAll marks all rows that are shown. When they are all marked it takes their marks away; those of rows that are not
// shown stay.
func (p *Page) markAll() tea.Cmd {
	n := min(p.rows.Len(), mostMarked)
	before := len(p.rows.marks)
	for row := range n {
		p.rows.marks[p.rows.Key(row)] = true
	}
	if len(p.rows.marks) == before {
		for row := range n {
			delete(p.rows.marks, p.rows.Key(row))
		}
		p.updateKeys()
		return nil
	}
	p.updateKeys()
	return p.notAllMarked(n)
}

// notAllMarked says so when there are rows that did not get a mark.
func (p *Page) notAllMarked(n int) tea.Cmd {
	r := page.Report{Severity: page.Warning}
	switch {
	case n < p.rows.Len():
		r.Text = "only the first " + widget.Count(n) + " are marked"
		r.Next = "act on them, or narrow the list: / searches, Q asks"
	case p.rows.more && p.rows.since == 0:
		r.Text = "only the " + widget.Count(n) + " devices that have been read are marked"
		r.Next = "G reads all, then ctrl+a marks them"
	default:
		return nil
	}
	return page.Tell(r)
}

// offeredMarkAll is the binding as the footer offers it: to who has begun to mark.
func (p *Page) offeredMarkAll() key.Binding {
	b := p.keys.markAll
	n := len(p.rows.marks)
	b.SetEnabled(b.Enabled() && n > 0 && n < min(p.rows.Len(), mostMarked))
	return b
}

// unmark takes all marks away.
func (p *Page) unmark() tea.Cmd {
	clear(p.rows.marks)
	p.updateKeys()
	return nil
}

// startMarked hands the marked devices to the Simulator tab, which asks how to start them.
func (p *Page) startMarked() tea.Cmd {
	ids := slices.Sorted(maps.Keys(p.rows.marks))
	return func() tea.Msg { return page.StartMany{DeviceIDs: ids} }
}

// callMarked asks for the page that calls a method on the marked devices.
func (p *Page) callMarked() tea.Cmd {
	return p.ctx.Send(page.CallMany{DeviceIDs: slices.Sorted(maps.Keys(p.rows.marks))})
}

// viewMarks says how many devices are marked.
func (p *Page) viewMarks() string {
	s, n := p.ctx.Styles, len(p.rows.marks)
	switch n {
	case 0:
		return ""
	case 1:
		for id := range p.rows.marks {
			return "   " + s.Accent.Render("• "+safe.Line(id, 24)+" marked")
		}
	}
	return "   " + s.Accent.Render("• "+widget.Count(n)+" marked")
}
