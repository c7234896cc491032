package monitor

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/inspect"
	"hubscope/ui/page"
)

// openEvent shows the event under the cursor in full. In the pane there is no room for it: it opens on the tab.
func (p *Page) openEvent() tea.Cmd {
	p.closeFigures()
	if p.inspector.Opened {
		p.inspector.Focused = true
		return nil
	}
	e := p.current()
	if e == nil {
		return nil
	}
	p.wasAlong = p.list.mode == following
	if p.wasAlong {
		p.list.hold(scrolled)
	}
	p.fromDock = p.isDocked()
	p.inspector.Show(p.list.cursor, e)
	p.inspector.Focused = true
	p.resize()
	if p.fromDock {
		return func() tea.Msg { return page.ShowTab{Tab: page.Monitor} }
	}
	return nil
}

// inspectedMsg is the body of the open event, when it took long to read.
type inspectedMsg struct{ read inspect.Read }

// inspect reads the body of the open event aside, when that takes long.
func (p *Page) inspect() tea.Cmd {
	work := p.inspector.Work()
	if work == nil {
		return nil
	}
	return p.Act(func() tea.Msg { return inspectedMsg{work()} })
}

// closeEvent goes back to the list, which goes along again when it did before and the cursor was not moved.
func (p *Page) closeEvent() {
	if !p.inspector.Opened {
		return
	}
	along := p.wasAlong && p.list.mode == scrolled && p.list.cursor == p.inspector.Number
	p.inspector.Close()
	p.fromDock, p.wasAlong = false, false
	p.resize()
	if along {
		p.list.follow()
	}
}

// showCurrent makes the open event the one under the cursor.
func (p *Page) showCurrent() {
	if !p.inspector.Opened || p.list.len() == 0 {
		return
	}
	if e := p.history.Event(p.list.cursor); e != nil {
		if p.list.cursor != p.inspector.Number {
			p.wasAlong = false
		}
		p.inspector.Show(p.list.cursor, e)
	}
}

func (p *Page) onWheel(msg tea.MouseWheelMsg) tea.Cmd {
	const rows = 3
	n := rows
	if msg.Button == tea.MouseWheelUp {
		n = -rows
	}
	if p.isOverOpen(msg.X, msg.Y) {
		if p.figures.Opened {
			p.figures.Wheel(n)
			return nil
		}
		p.inspector.Scroll(n)
		return nil
	}
	p.list.scroll(n)
	p.showCurrent()
	return nil
}

func (p *Page) onClick(msg tea.MouseClickMsg) tea.Cmd {
	if msg.Button != tea.MouseLeft {
		return nil
	}
	if p.isOverOpen(msg.X, msg.Y) {
		if p.figures.Opened {
			return p.clickFigures(msg)
		}
		p.inspector.Focused = true
		p.inspector.Click(p.inOpen(msg.X, msg.Y))
		return nil
	}
	row := msg.Y - p.arrange().heads
	again := p.list.len() > 0 && p.list.mode != following && p.rowOfCursor() == row
	if !p.list.pointAt(row) {
		return nil
	}
	p.inspector.Focused, p.figures.Focused = false, false
	if again && !p.inspector.Opened {
		return p.openEvent()
	}
	p.showCurrent()
	return nil
}

// rowOfCursor is the row of the window that the cursor is on.
func (p *Page) rowOfCursor() int {
	from, _, cursor := p.list.window()
	return cursor - from
}

func (p *Page) isOverOpen(x, y int) bool {
	l := p.arrange()
	if l.openLines == 0 {
		return false
	}
	if l.instead {
		return y >= l.heads-1
	}
	if l.beside {
		return x > l.listWidth && y >= l.heads-1
	}
	return y > l.heads+l.rows
}

// inOpen is a place on the page as one in the open event.
func (p *Page) inOpen(x, y int) (int, int) {
	l := p.arrange()
	if l.beside {
		return x - l.listWidth - 1, y - (l.heads - 1)
	}
	return x, y - (l.heads + l.rows + 1)
}

// before is the event before an open one: of the same device, module and source. Only so many events are looked at,
// which takes about a millisecond.
func (p *Page) before(n uint64, e *history.Event) *history.Event {
	const most = 100_000
	first := p.history.First()
	if n > first+most {
		first = n - most
	}
	for ; n > first; n-- {
		b := p.history.Look(n - 1)
		if b != nil && b.DeviceID == e.DeviceID && b.ModuleID == e.ModuleID && b.Source == e.Source {
			return p.history.Event(n - 1)
		}
	}
	return nil
}
