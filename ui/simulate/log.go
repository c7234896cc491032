package simulate

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

func (p *Page) readLog() {
	p.log = nil
	if id := p.table.Key(); id != "" {
		p.log = p.fleet.Log(id)
	}
	p.scrollLog(0)
}

func (p *Page) onLogKey(msg tea.KeyPressMsg) {
	k := p.ctx.Keys
	_, rows := p.split()
	switch {
	case key.Matches(msg, k.Up):
		p.scrollLog(1)
	case key.Matches(msg, k.Down):
		p.scrollLog(-1)
	case key.Matches(msg, k.PageUp, k.HalfUp):
		p.scrollLog(rows - 1)
	case key.Matches(msg, k.PageDown, k.HalfDown):
		p.scrollLog(1 - rows)
	case key.Matches(msg, k.Top):
		p.scrollLog(len(p.log))
	case key.Matches(msg, k.Bottom):
		p.back = 0
	}
}

func (p *Page) scrollLog(n int) {
	_, rows := p.split()
	p.back = max(0, min(p.back+n, len(p.log)-(rows-1)))
}
