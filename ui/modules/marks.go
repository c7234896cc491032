package modules

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
)

// marks are the modules that an action on many is about.
type marks map[string]bool

// Marked implements widget.Marker.
func (r *rows) Marked(row int) bool { return r.marks[r.Key(row)] }

// mark marks the module under the cursor, or takes its mark away, and goes on to the next.
// Those of IoT Edge cannot be deleted.
func (p *List) mark() tea.Cmd {
	m, ok := p.selected()
	if !ok {
		return nil
	}
	if systemModule(m.ModuleID) {
		p.table.Move(1)
		return ofEdge(m.ModuleID + " not marked")
	}
	if p.rows.marks[m.ModuleID] {
		delete(p.rows.marks, m.ModuleID)
	} else {
		p.rows.marks[m.ModuleID] = true
	}
	p.table.Move(1)
	return nil
}

// markAll marks all modules that can be deleted, or none when they are all marked.
func (p *List) markAll() {
	before := len(p.rows.marks)
	for _, m := range p.rows.modules {
		if !systemModule(m.ModuleID) {
			p.rows.marks[m.ModuleID] = true
		}
	}
	if len(p.rows.marks) == before {
		clear(p.rows.marks)
	}
}

// marked are the modules that are, in the order of the list.
func (p *List) marked() []hub.Module {
	var out []hub.Module
	for _, m := range p.rows.modules {
		if p.rows.marks[m.ModuleID] {
			out = append(out, m)
		}
	}
	return out
}
