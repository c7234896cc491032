package modules

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/credential"
	"hubscope/ui/page"
)

// Press takes a key.
func (p *One) Press(msg tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	k := p.ctx.Keys
	switch {
	case p.module.ModuleID == "":
		return nil, false
	case key.Matches(msg, k.Reload):
		p.failed = nil
		return p.read(), true
	case key.Matches(msg, k.ShowKeys):
		return p.toggleKeys(), true
	case key.Matches(msg, k.Copy):
		return p.openCopyMenu(), true
	case key.Matches(msg, k.Edit):
		return p.edit(), true
	}
	n, ok := k.Step(msg, p.height)
	if ok {
		p.scroll(n)
	}
	return nil, ok
}

// openCopyMenu offers what of the module can be put on the clipboard.
func (p *One) openCopyMenu() tea.Cmd {
	if !p.whole {
		return nil
	}
	return credential.Copier{
		Ctx: p.ctx, What: "module", Connection: p.module.ConnectionString(p.o.Service), Auth: p.module.Auth,
		MQTTAddr: p.o.MQTTAddr, CAFile: p.o.CAFile, Later: p.later,
	}.Menu()
}

// ShortHelp implements help.KeyMap.
func (p *One) ShortHelp() []key.Binding {
	k := p.ctx.Keys
	show, copied, edit := k.ShowKeys, k.Copy, k.Edit
	show.SetEnabled(p.whole && !p.module.Auth.Primary.IsZero())
	if p.shown {
		show.SetHelp(show.Help().Key, "hide keys")
	}
	copied.SetEnabled(p.whole)
	edit.SetEnabled(p.whole && len(p.rotations()) > 0 && p.ctx.May(page.ChangeRegistry))
	return []key.Binding{edit, show, copied, k.Reload}
}

// FullHelp implements help.KeyMap.
func (p *One) FullHelp() [][]key.Binding {
	k := *p.ctx.Keys
	k.Edit.SetHelp("e", "new keys of the module, or swap them")
	k.ShowKeys.SetHelp("K", "show or hide the keys of the module")
	k.Copy.SetHelp("y", "copy its id, keys, a token or a ready line")
	k.Reload.SetHelp("r", "read the module again")
	return [][]key.Binding{{k.Edit, k.ShowKeys, k.Copy, k.Reload}}
}
