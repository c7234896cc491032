package identity

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// form is a dialog that changes an identity. It stays open until the change is made, so that
// nothing typed is lost.
type form struct {
	sheet *widget.Sheet
	now   hub.Device // what it changes, as it was read last
	left  bool       // by the user; what was asked of the hub goes on
}

func (f *form) isOpen() bool { return f != nil && !f.left }

// openForm asks for values and gives them to submit, which makes the change of them.
func (p *Page) openForm(o widget.SheetOptions, submit func(*form) tea.Cmd, lines ...widget.Line) tea.Cmd {
	f := &form{now: p.device}
	o.Submit = func(*widget.Sheet) tea.Cmd { return submit(f) }
	o.Left = func() { f.left = true }
	f.sheet = widget.NewSheet(p.ctx.Styles, p.ctx.Keys, o, lines...)
	return p.ctx.Send(page.OpenDialog{Dialog: f.sheet})
}
