package monitor

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/monitor/rows"
)

// SetSize implements page.Page.
func (p *Page) SetSize(width, height int) {
	p.width, p.height = width, height
	p.resize()
}

// SetDocked tells whether the page is the pane under another tab: then it draws one line about the stream and rows.
func (p *Page) SetDocked(docked bool) {
	p.docked = &docked
	p.resize()
}

// isDocked is as told, else by the height: a pane is lower than the least tab.
func (p *Page) isDocked() bool {
	const leastTab = 19
	if p.docked != nil {
		return *p.docked
	}
	return p.height < leastTab
}

func (p *Page) resize() {
	l := p.arrange()
	p.list.rows = l.rows
	p.painter.LayOut(rows.LayOut(l.listWidth, p.needs))
	p.sizeOpen(l)
	p.list.settle()
}

// SetVisible implements page.Watcher.
func (p *Page) SetVisible(visible bool) tea.Cmd {
	p.visible = visible
	return nil
}

// SetFocused implements page.Focuser.
func (p *Page) SetFocused(focused bool) { p.focused = focused }
