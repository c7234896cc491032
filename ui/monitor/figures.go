package monitor

import (
	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"

	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/figures"
	"hubscope/ui/page"
)

// figuresStepMsg asks for the figures to read on in the history.
type figuresStepMsg struct{}

// chartField draws a field over time, of all devices that send it. An event that is open is there again when the
// figures are closed.
func (p *Page) chartField(path field.Path) tea.Cmd {
	p.inspector.Focused = false
	p.figures.Chart(path)
	return p.figuresOpened()
}

// toggleFigures opens or closes the figures. In the pane there is no room for them: they open on the tab.
func (p *Page) toggleFigures() tea.Cmd {
	if p.figures.Opened {
		p.closeFigures()
		return nil
	}
	p.inspector.Focused = false
	p.figures.Open()
	return p.figuresOpened()
}

func (p *Page) figuresOpened() tea.Cmd {
	p.resize()
	if p.isDocked() {
		return tea.Batch(p.turnFigures(), func() tea.Msg { return page.ShowTab{Tab: page.Monitor} })
	}
	return p.turnFigures()
}

func (p *Page) closeFigures() {
	if !p.figures.Opened {
		return
	}
	p.figures.Close()
	p.inspector.Focused = p.inspector.Opened
	p.resize()
}

// stepFigures lets the figures read what has come, or what they have not read yet, in steps.
func (p *Page) stepFigures() tea.Cmd {
	p.figures.Step(scanStep)
	if p.figures.Done() || p.countingFigures {
		return nil
	}
	p.countingFigures = true
	return p.Act(func() tea.Msg { return figuresStepMsg{} })
}

// turnFigures is a step after something else was asked for. When that is the last one it shows: the screen would lack
// what was read until the next second.
func (p *Page) turnFigures() tea.Cmd {
	had := p.figures.Done()
	cmd := p.stepFigures()
	if !had && p.figures.Done() {
		p.figures.Refresh()
	}
	return cmd
}

func (p *Page) onFigures(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case figuresStepMsg:
		p.countingFigures = false
		cmd := p.stepFigures()
		if p.figures.Done() {
			p.figures.Refresh()
		}
		return cmd
	case figures.PickedMsg:
		p.figures.Picked(msg)
		return p.figuresOpened()
	case figures.ScopeMsg:
		return p.setScope(msg.DeviceID)
	}
	return nil
}

// onFiguresKey takes a key while the figures are open: theirs first when they have the focus, then those of the list,
// when there is one.
func (p *Page) onFiguresKey(msg tea.KeyPressMsg) tea.Cmd {
	k := &p.keys
	if key.Matches(msg, k.NextPane, k.PreviousPane) {
		p.figures.Focused = !p.figures.Focused || p.arrange().instead
		return nil
	}
	if p.figures.Focused {
		cmd, taken := p.figures.Update(msg)
		if taken {
			return tea.Batch(cmd, p.turnFigures())
		}
		return p.onAction(msg)
	}
	if p.onListKey(msg) {
		p.showCurrent()
		return nil
	}
	return p.onAction(msg)
}

func (p *Page) clickFigures(msg tea.MouseClickMsg) tea.Cmd {
	l := p.arrange()
	x, y := msg.X, msg.Y-(l.heads-1)
	switch {
	case l.beside:
		x -= l.listWidth + 1
	case !l.instead:
		y = msg.Y - l.heads - l.rows - 1
	}
	p.figures.Click(x, y)
	return p.turnFigures()
}

// leastBelow is the height from which figures have room below the list; below it they take its place.
const leastBelow = 30

// arrangeFigures gives the figures more room than an open event: they have columns.
func (p *Page) arrangeFigures(l layout) layout {
	l.openWidth = p.width
	switch {
	case p.width >= leastBeside:
		l.beside = true
		l.openWidth = max(68, p.width*55/100)
		l.listWidth = p.width - l.openWidth - 1
		l.openLines = p.height - 2
	case p.height >= leastBelow:
		l.openLines = p.height * 6 / 10
		l.rows = max(1, p.height-l.heads-l.openLines-1)
	default:
		l.instead = true
		l.openLines = p.height - 2
	}
	return l
}

// sizeOpen gives what is open its room.
func (p *Page) sizeOpen(l layout) {
	if p.figures.Opened {
		p.figures.SetSize(l.openWidth, l.openLines)
		return
	}
	p.inspector.SetSize(l.openWidth, l.openLines)
}
