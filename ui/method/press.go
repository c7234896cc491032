package method

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

func (p *Page) onPaste(msg tea.PasteMsg) tea.Cmd {
	if !p.typing {
		return nil
	}
	return p.typed(msg)
}

// typed gives the form a key or what was pasted.
func (p *Page) typed(msg tea.Msg) tea.Cmd {
	p.desk.touched = true
	cmd := p.desk.form.update(msg)
	p.layout()
	return cmd
}

// Press implements detail.Section.
func (p *Page) Press(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	if p.desk == nil {
		return nil, false
	}
	if p.typing {
		return p.typeKey(msg), true
	}
	k := p.ctx.Keys
	switch {
	case key.Matches(msg, sendKey):
		return p.send(), true
	case key.Matches(msg, k.Back) && p.desk.running != nil:
		p.desk.running.cancel()
		return nil, true
	case key.Matches(msg, k.Back) && p.opened:
		p.open(false)
		return nil, true
	case key.Matches(msg, k.Edit):
		return p.write(), true
	case key.Matches(msg, k.Reload):
		return p.again(), true
	case key.Matches(msg, favouritesKey):
		return p.readFavourites(true), true
	case key.Matches(msg, k.EditOutside):
		return p.editOutside(), true
	case key.Matches(msg, k.Copy):
		return p.openCopyMenu(), true
	case key.Matches(msg, k.Open):
		return p.enter(), true
	}
	return nil, p.move(msg)
}

// enter shows the call under the cursor in full; where there is none yet it begins one.
func (p *Page) enter() tea.Cmd {
	if p.desk.shown() == nil {
		return p.write()
	}
	p.open(!p.opened)
	return nil
}

func (p *Page) open(opened bool) {
	p.opened, p.answer.top = opened, 0
	p.layout()
}

// move goes through the calls, or through the answer when that has all the room.
func (p *Page) move(msg tea.KeyPressMsg) bool {
	k := p.ctx.Keys
	if !p.opened && key.Matches(msg, k.Up, k.Down, k.Top, k.Bottom) {
		p.desk.table.Update(msg, k)
		p.answer.top = 0
		p.layout()
		return true
	}
	return p.answer.move(msg, k)
}

// typeKey is a key while the form is typed into.
func (p *Page) typeKey(msg tea.KeyPressMsg) tea.Cmd {
	f := p.desk.form
	switch {
	case key.Matches(msg, p.ctx.Keys.Back):
		p.stopTyping()
		return nil
	case key.Matches(msg, sendKey):
		return p.send()
	case key.Matches(msg, p.ctx.Keys.Confirm) && f.at != payloadPart:
		return p.send()
	case key.Matches(msg, mistakeKey):
		f.toMistake()
		return nil
	case key.Matches(msg, takeKey):
		return p.readFavourites(true)
	}
	return p.typed(msg)
}

func (p *Page) stopTyping() {
	p.typing = false
	p.desk.form.blur()
	p.layout()
}

// write lets the form be typed into, where it was left.
func (p *Page) write() tea.Cmd {
	if cmd := p.denied(); cmd != nil {
		return cmd
	}
	p.typing, p.opened = true, false
	p.desk.form.focus(p.desk.form.at)
	p.layout()
	return nil
}
