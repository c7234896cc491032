package devices

import (
	"maps"
	"slices"

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
	if p.rows.marks[id] {
		delete(p.rows.marks, id)
	} else {
		p.rows.marks[id] = true
	}
	p.table.Move(1)
	p.updateKeys()
	return p.moved()
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
