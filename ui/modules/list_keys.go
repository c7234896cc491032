package modules

import (
	"strconv"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
)

// Press takes a key.
func (p *List) Press(msg tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	k := p.ctx.Keys
	switch {
	case p.device.DeviceID == "":
		return nil, false
	case key.Matches(msg, k.New):
		return p.askNew(), true
	case key.Matches(msg, k.Reload):
		return p.read(), true
	case key.Matches(msg, k.Open):
		return p.open(), true
	case key.Matches(msg, k.Delete):
		return p.askDelete(), true
	case key.Matches(msg, k.Pause):
		return p.mark(), true
	case key.Matches(msg, k.MarkAll):
		p.markAll()
		return nil, true
	case key.Matches(msg, k.Back) && len(p.rows.marks) > 0:
		clear(p.rows.marks)
		return nil, true
	case p.table.Update(msg, k):
		return nil, true
	}
	return nil, false
}

// ShortHelp implements help.KeyMap.
func (p *List) ShortHelp() []key.Binding {
	k := p.ctx.Keys
	create, open, remove, mark, unmark := k.New, k.Open, k.Delete, k.Pause, k.Back
	create.SetHelp("n", "new module")
	mark.SetHelp("space", "mark")
	unmark.SetHelp("esc", "unmark")
	m, any := p.selected()
	n := len(p.rows.marks)
	if n > 0 {
		remove.SetHelp("d", "delete "+strconv.Itoa(n))
	}
	may := p.ctx.May(page.ChangeRegistry)
	open.SetEnabled(any)
	create.SetEnabled(may)
	mark.SetEnabled(any && may)
	unmark.SetEnabled(n > 0)
	remove.SetEnabled(any && may && (n > 0 || !systemModule(m.ModuleID)))
	return []key.Binding{unmark, open, create, remove, mark, k.Reload}
}

// FullHelp implements help.KeyMap.
func (p *List) FullHelp() [][]key.Binding {
	k := *p.ctx.Keys
	k.Open.SetHelp("enter", "open the module: its keys, twin and methods")
	k.New.SetHelp("n", "create a module identity")
	k.Delete.SetHelp("d", "delete the module identity, or the marked ones")
	k.Pause.SetHelp("space", "mark the module")
	k.MarkAll.SetHelp("ctrl+a", "mark all modules, or none")
	k.Reload.SetHelp("r", "read the modules again")
	return [][]key.Binding{{k.Open, k.New, k.Delete, k.Pause, k.MarkAll, k.Reload}}
}
