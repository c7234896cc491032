package simulate

import (
	tea "charm.land/bubbletea/v2"
)

func (p *Page) readLog() {
	p.log = nil
	if id := p.table.Key(); id != "" {
		p.log = p.fleet.Log(id)
	}
	p.scrollLog(0)
}

// onLogKey scrolls the log, which is read from its end.
func (p *Page) onLogKey(msg tea.KeyPressMsg) {
	_, rows := p.split()
	if n, ok := p.ctx.Keys.Step(msg, rows); ok {
		p.scrollLog(-n)
	}
}

func (p *Page) scrollLog(n int) {
	_, rows := p.split()
	p.back = max(0, min(p.back+n, len(p.log)-(rows-1)))
}
