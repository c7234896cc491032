package monitor

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/keys"
	"hubscope/ui/page"
)

// CapturesText implements page.TextCapturer.
func (p *Page) CapturesText() bool { return p.typed() != nil }

// Cursor implements page.Cursorer.
func (p *Page) Cursor() *tea.Cursor {
	input := p.typed()
	if input == nil {
		return nil
	}
	c := input.Cursor()
	if c == nil {
		return nil
	}
	if !p.isDocked() {
		c.X, c.Y = c.X+1, c.Y+1
		return c
	}
	c.X += p.dockIndent()
	return c
}

func (p *Page) onKey(msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case p.filter.Focused():
		return p.onFilterKey(msg)
	case p.find.input.Focused():
		return p.onFindKey(msg)
	case key.Matches(msg, p.keys.troubled) && p.groupTrouble():
		return p.groupMenu()
	case p.figures.Opened:
		return p.onFiguresKey(msg)
	case key.Matches(msg, p.keys.chart) && p.onNumber():
		return p.chart()
	case p.inspector.Opened && p.inspector.Focused && p.onOpenKey(msg):
		return nil
	case p.onListKey(msg):
		p.showCurrent()
		return nil
	}
	return p.onAction(msg)
}

// onAction handles what works wherever the cursor is.
func (p *Page) onAction(msg tea.KeyPressMsg) tea.Cmd {
	k := &p.keys
	switch {
	case key.Matches(msg, k.Open):
		return p.openEvent()
	case key.Matches(msg, k.NextPane, k.PreviousPane):
		p.inspector.Focused = p.inspector.Opened && !p.inspector.Focused
	case key.Matches(msg, k.Pause):
		p.togglePause()
	case key.Matches(msg, k.Filter):
		p.filter.Focus()
	case key.Matches(msg, k.filters):
		return p.filterList()
	case key.Matches(msg, k.find):
		p.startFind()
	case key.Matches(msg, k.next):
		return p.findNext(next)
	case key.Matches(msg, k.previous):
		return p.findNext(previous)
	case key.Matches(msg, k.Copy):
		return p.copyMenu()
	case key.Matches(msg, k.Export):
		return p.exportMenu()
	case key.Matches(msg, k.record):
		return p.toggleRecord()
	case p.offline.on() && key.Matches(msg, k.start, k.group, k.way, k.restart):
		return p.offlineMenu()
	case key.Matches(msg, k.start):
		return p.startMenu()
	case key.Matches(msg, k.group):
		return p.groupMenu()
	case key.Matches(msg, k.details):
		return p.showDetails()
	case key.Matches(msg, k.way):
		return p.otherWay()
	case key.Matches(msg, k.scope):
		return p.toggleScope()
	case key.Matches(msg, k.StartStop):
		return p.toggleSimulated()
	case key.Matches(msg, k.StopAll):
		return p.stopSimulated()
	case key.Matches(msg, k.mark):
		p.toggleMark()
	case key.Matches(msg, k.nextMark):
		return p.jump(1)
	case key.Matches(msg, k.previousMark):
		return p.jump(-1)
	case key.Matches(msg, k.figures):
		return p.toggleFigures()
	case key.Matches(msg, k.restart):
		return p.resume()
	case key.Matches(msg, k.Back):
		return p.back()
	}
	return nil
}

// onListKey moves in the list and tells whether the key was for that.
func (p *Page) onListKey(msg tea.KeyPressMsg) bool {
	n, ok := p.ctx.Keys.Step(msg, p.list.rows)
	switch {
	case !ok:
		return false
	case n == -keys.End:
		p.list.first()
	case n == keys.End:
		p.list.follow()
	default:
		p.list.move(n)
	}
	return true
}

// back undoes one thing: the open event, the search, the filter, the scope, the pause.
func (p *Page) back() tea.Cmd {
	switch {
	case p.figures.Opened:
		p.closeFigures()
	case p.inspector.Opened:
		dock := p.fromDock
		p.closeEvent()
		if dock {
			return func() tea.Msg { return page.ShowTab{Tab: page.Devices} }
		}
	case p.finding():
		p.endFind()
	case !p.applied.Empty():
		p.filter.Clear()
		return p.applyFilter()
	case p.scope != "":
		return p.setScope("")
	case p.list.mode != following:
		p.list.follow()
	}
	return nil
}

func (p *Page) togglePause() {
	if p.list.mode == following {
		p.list.hold(paused)
		return
	}
	p.list.follow()
	p.showCurrent()
}
