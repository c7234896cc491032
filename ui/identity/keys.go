package identity

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
)

// Press takes a key: the keys of the device, the menus, moving.
func (p *Page) Press(msg tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	k := p.ctx.Keys
	switch {
	case p.device.DeviceID == "":
		return nil, false
	case key.Matches(msg, k.ShowKeys):
		return p.withKeys(p.toggleKeys), true
	case key.Matches(msg, k.Copy):
		return p.withKeys(p.openCopyMenu), true
	case key.Matches(msg, k.Edit):
		return p.withKeys(p.edit), true
	case key.Matches(msg, k.Reload):
		return p.reload(), true
	}
	n, moves := k.Step(msg, p.height)
	if moves {
		p.scroll(n)
	}
	return nil, moves
}

// reload reads the identity and its twin again.
func (p *Page) reload() tea.Cmd {
	p.twinOK, p.failed = false, nil
	return p.read()
}

// ShortHelp implements help.KeyMap.
func (p *Page) ShortHelp() []key.Binding {
	k := p.ctx.Keys
	show := k.ShowKeys
	show.SetEnabled(!p.whole || !p.device.Auth.Primary.IsZero())
	if p.shown {
		show.SetHelp(show.Help().Key, "hide keys")
	}
	edit := k.Edit
	edit.SetEnabled(p.ctx.May(page.ChangeRegistry))
	return []key.Binding{edit, show, k.Copy}
}

// FullHelp implements help.KeyMap.
func (p *Page) FullHelp() [][]key.Binding {
	return [][]key.Binding{append(p.ShortHelp(), p.ctx.Keys.Reload)}
}
