package c2d

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
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
	if p.desk.form.kind == fileBody {
		return tea.Batch(cmd, p.Act(p.desk.form.file.ask(p.desk.target)))
	}
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
	case key.Matches(msg, k.Back) && p.desk.running != nil:
		p.desk.running.cancel()
	case key.Matches(msg, k.Back) && p.opened:
		p.open(false)
	case key.Matches(msg, sendKey):
		return p.send(), true
	case key.Matches(msg, k.Edit):
		return p.write(), true
	case key.Matches(msg, anewKey):
		return p.writeAnew(), true
	case key.Matches(msg, k.Reload):
		return p.again(), true
	case key.Matches(msg, k.ClearAll):
		return p.askPurge(), true
	case key.Matches(msg, k.Follow):
		return p.askFeedback(), true
	case key.Matches(msg, k.EditOutside):
		return p.editOutside(), true
	case key.Matches(msg, k.Copy):
		return p.openCopyMenu(), true
	case key.Matches(msg, k.Open):
		return p.enter(), true
	default:
		return nil, p.move(msg)
	}
	return nil, true
}

// enter shows the message under the cursor in full; where there is none yet it begins one.
func (p *Page) enter() tea.Cmd {
	if p.desk.shown() == nil {
		return p.write()
	}
	p.open(!p.opened)
	return nil
}

func (p *Page) open(opened bool) {
	p.opened, p.top = opened, 0
	p.layout()
}

// move goes through the messages, or through the details when they have all the room.
func (p *Page) move(msg tea.KeyPressMsg) bool {
	n, ok := p.ctx.Keys.Step(msg, max(1, p.height))
	switch {
	case !ok:
		return false
	case p.opened:
		p.scroll(n)
	default:
		p.desk.table.Update(msg, p.ctx.Keys)
		p.top = 0
		p.layout()
	}
	return true
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
	case key.Matches(msg, p.ctx.Keys.Confirm) && f.editorAt(f.at) == nil:
		return p.send()
	case key.Matches(msg, mistakeKey):
		f.toMistake()
		return nil
	}
	return p.typed(msg)
}

func (p *Page) stopTyping() {
	p.typing = false
	p.desk.form.rest()
	p.layout()
}

// write lets the form be typed into, where it was left.
func (p *Page) write() tea.Cmd {
	if cmd := p.denied(); cmd != nil {
		return cmd
	}
	f := p.desk.form
	if !p.desk.touched && f.at == kindPart {
		f.at = bodyPart
	}
	p.typing, p.opened = true, false
	f.focus(f.at)
	p.layout()
	if f.kind == fileBody {
		f.file.asked = "" // what is there may have changed
		return p.Act(f.file.ask(p.desk.target))
	}
	return nil
}

// writeAnew puts the message under the cursor into the form.
func (p *Page) writeAnew() tea.Cmd {
	e := p.desk.shown()
	if e != nil && p.ctx.May(page.SendMessages) {
		p.desk.touched = true
		p.desk.form.take(e.draft)
		p.desk.form.at = bodyPart
	}
	return p.write()
}
