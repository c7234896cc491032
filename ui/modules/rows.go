package modules

import (
	"cmp"
	"maps"
	"slices"

	"hubscope/hub"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

var columns = []widget.Column{
	{Title: "MODULE ID", Width: 14, Grow: true, Max: 60},
	{Title: "CONNECTION", Width: 11},
	{Title: "LAST ACTIVITY", Width: 13, Rank: 1},
	{Title: "AUTHENTICATION", Width: 14, Rank: 2},
	{Title: "MANAGED BY", Width: 12, Rank: 3},
}

// rows are the modules in the order of their ids.
type rows struct {
	page    *List
	modules []hub.Module
	marks   marks
}

func (r *rows) set(modules []hub.Module) {
	slices.SortFunc(modules, func(a, b hub.Module) int { return cmp.Compare(a.ModuleID, b.ModuleID) })
	r.modules = modules
	maps.DeleteFunc(r.marks, func(id string, _ bool) bool { return r.Find(id) < 0 })
}

// replace puts in what a module is now, if it is one of these.
func (r *rows) replace(now hub.Module) {
	if i := r.Find(now.ModuleID); i >= 0 && r.modules[i].DeviceID == now.DeviceID {
		r.modules[i] = now
	}
}

// Len, Key, Find and Cells implement widget.Source.
func (r *rows) Len() int { return len(r.modules) }

// Key is the id of a module.
func (r *rows) Key(row int) string { return r.modules[row].ModuleID }

// Find is the row of a module.
func (r *rows) Find(id string) int {
	return slices.IndexFunc(r.modules, func(m hub.Module) bool { return m.ModuleID == id })
}

// Cells draws a module.
func (r *rows) Cells(row int) []widget.Cell {
	s, m := r.page.ctx.Styles, r.modules[row]
	connection := widget.Cell{Text: "○ offline", Style: s.Offline}
	if m.Connected() {
		connection = widget.Cell{Text: "● connected", Style: s.Online}
	}
	return []widget.Cell{
		{Text: safe.Line(m.ModuleID, 60), Style: s.Text},
		connection,
		{Text: widget.Ago(r.page.ctx.Time(), m.LastActivity), Style: s.Muted},
		{Text: authWords[m.Auth.Type], Style: s.Muted},
		{Text: safe.Line(cmp.Or(m.ManagedBy, "-"), 12), Style: s.Muted},
	}
}

var authWords = map[hub.AuthType]string{
	"": "symmetric key", hub.AuthSAS: "symmetric key", hub.AuthSelfSigned: "self-signed",
	hub.AuthCA: "authority", hub.AuthNone: "none",
}
