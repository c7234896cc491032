package simulate

import (
	tea "charm.land/bubbletea/v2"
)

func (p *Page) onClick(msg tea.MouseClickMsg) {
	list, _ := p.split()
	p.pane = listPane
	if msg.Y > list {
		p.pane = logPane
		return
	}
	if p.table.Click(msg.Y - 1) {
		p.back = 0
		p.readLog()
	}
}

func (p *Page) onWheel(msg tea.MouseWheelMsg) {
	n := 3
	if msg.Button == tea.MouseWheelUp {
		n = -3
	}
	if list, _ := p.split(); msg.Y > list {
		p.scrollLog(-n)
		return
	}
	p.table.Wheel(n)
	p.readLog()
}
