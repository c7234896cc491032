package method

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/keys"
	"hubscope/ui/page"
)

func (p *Many) onKey(msg tea.KeyPressMsg) tea.Cmd {
	if p.typing {
		return p.typeKey(msg)
	}
	k := p.ctx.Keys
	switch {
	case key.Matches(msg, k.Back) && p.opened:
		p.open(false)
	case key.Matches(msg, k.Back) && p.batch != nil:
		p.batch.cancel()
	case key.Matches(msg, sendKey):
		return p.askAll()
	case key.Matches(msg, k.Edit):
		return p.write()
	case key.Matches(msg, k.Reload):
		return p.askFailed()
	case key.Matches(msg, k.Sort):
		p.results.failed = !p.results.failed
		p.arrange()
	case key.Matches(msg, k.Export):
		return p.askExport()
	case key.Matches(msg, favouritesKey):
		return p.readFavourites(true)
	case key.Matches(msg, k.Copy):
		return p.copy()
	case key.Matches(msg, k.Open):
		p.open(!p.opened)
	default:
		p.move(msg, k)
	}
	return nil
}

func (p *Many) move(msg tea.KeyPressMsg, k *keys.Map) {
	if p.opened {
		p.answer.move(msg, k)
		return
	}
	if p.table.Update(msg, k) {
		p.layout()
	}
}

func (p *Many) typeKey(msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(msg, p.ctx.Keys.Back):
		p.stopTyping()
		return nil
	case key.Matches(msg, sendKey), key.Matches(msg, p.ctx.Keys.Confirm) && p.form.at != payloadPart:
		return p.askAll()
	case key.Matches(msg, mistakeKey):
		p.form.toMistake()
		return nil
	case key.Matches(msg, takeKey):
		return p.readFavourites(true)
	}
	return p.typed(msg)
}

func (p *Many) typed(msg tea.Msg) tea.Cmd {
	cmd := p.form.update(msg)
	p.layout()
	return cmd
}

func (p *Many) stopTyping() {
	p.typing = false
	p.form.blur()
	p.layout()
}

func (p *Many) write() tea.Cmd {
	if cmd := p.denied(); cmd != nil {
		return cmd
	}
	p.typing, p.opened = true, false
	p.form.focus(p.form.at)
	p.layout()
	return nil
}

// open shows the answer of the device under the cursor in full, or the list again.
func (p *Many) open(opened bool) {
	if p.current() == nil || p.current().entry == nil {
		opened = false
	}
	p.opened, p.answer.top = opened, 0
	p.layout()
}

// copy puts the answer under the cursor on the clipboard.
func (p *Many) copy() tea.Cmd {
	one := p.current()
	if one == nil || one.entry == nil || !one.entry.ended {
		return page.Tell(page.Report{Severity: page.Info, Text: "there is no answer to copy"})
	}
	return copyMenu(p.ctx, target{device: one.device}, one.entry)
}
