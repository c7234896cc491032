package monitor

import (
	"strings"

	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/widget"
)

// layout says where the parts of the page are.
type layout struct {
	heads                int // lines above the rows
	listWidth, rows      int
	beside               bool // the open event is at the right, else below
	openWidth, openLines int
	instead              bool // the figures take the place of the list
}

// leastBeside is the width from which an open event has room at the right.
const leastBeside = 110

func (p *Page) arrange() layout {
	l := layout{heads: 3, listWidth: p.width}
	if p.isDocked() {
		l.heads = 1
	}
	l.rows = max(0, p.height-l.heads)
	if p.figures.Opened && !p.isDocked() {
		return p.arrangeFigures(l)
	}
	if !p.inspector.Opened || p.isDocked() {
		return l
	}
	if p.width >= leastBeside {
		l.beside = true
		l.openWidth = max(54, p.width*45/100)
		l.listWidth = p.width - l.openWidth - 1
		l.openLines = p.height - 2
		return l
	}
	l.openWidth = p.width
	l.openLines = max(8, p.height*6/10)
	l.rows = max(1, p.height-l.heads-l.openLines-1)
	return l
}

// View implements page.Page.
func (p *Page) View() string {
	if p.width <= 0 || p.height <= 0 {
		return ""
	}
	l := p.arrange()
	return widget.Box(p.lines(l), p.width, p.height)
}

func (p *Page) lines(l layout) []string {
	if p.isDocked() {
		lines := append([]string{p.dockHead()}, p.drawRows(l)...)
		if note := p.typingLine(p.dockIndent(), p.width); note != "" && len(lines) > 1 {
			lines[1] = note
		}
		return lines
	}
	if l.instead {
		return append(p.tabHeads(), strings.Split(p.figures.Draw(), "\n")...)
	}
	list := append([]string{p.thirdLine(l)}, p.drawRows(l)...)
	if l.openLines == 0 {
		return append(p.tabHeads(), list...)
	}
	listBox := widget.Box(list, l.listWidth, l.rows+1)
	if l.beside {
		both := widget.Beside(listBox, p.drawOpen(), p.ctx.Styles.Rule)
		return append(p.tabHeads(), strings.Split(both, "\n")...)
	}
	lines := append(p.tabHeads(), strings.Split(listBox, "\n")...)
	lines = append(lines, widget.Rule(p.width, nil, nil, p.ctx.Styles.Rule))
	return append(lines, strings.Split(p.drawOpen(), "\n")...)
}

// drawOpen draws the open event with what is looked for marked.
func (p *Page) drawOpen() string {
	if p.figures.Opened {
		return p.figures.Draw()
	}
	drawn := p.inspector.Draw()
	if p.find.mark.IsZero() {
		return drawn
	}
	lines := strings.Split(drawn, "\n")
	for i := range lines {
		lines[i] = paint.Highlight(lines[i], []filter.Mark{p.find.mark}, p.find.pen)
	}
	return strings.Join(lines, "\n")
}

// thirdLine names the columns; when something is wrong it says that instead, so that nothing moves.
func (p *Page) thirdLine(l layout) string {
	if note := p.typingLine(1, l.listWidth); note != "" {
		return note
	}
	if notice := p.notice(l.listWidth - 2); notice != "" && p.history.Kept() > 0 {
		return " " + notice
	}
	if p.list.len() == 0 {
		return ""
	}
	return p.painter.Heads()
}

// drawRows draws the rows that can be seen.
func (p *Page) drawRows(l layout) []string {
	from, to, cursor := p.list.window()
	if from >= to {
		return p.drawEmpty(l.listWidth, l.rows)
	}
	lines := make([]string, 0, l.rows)
	for i := from; i < to; i++ {
		n := p.history.At(i)
		e := p.history.Look(n)
		if e == nil {
			continue
		}
		e = p.legible(n, e)
		if i == cursor && p.showsCursor() {
			lines = append(lines, p.painter.CursorRow(n, e, p.focused && !p.inspector.Focused && !p.figures.Focused))
			continue
		}
		lines = append(lines, p.painter.Row(n, e))
	}
	return lines
}

// showsCursor: the pane of another tab shows no cursor while the keys go elsewhere and it only goes along.
func (p *Page) showsCursor() bool {
	return p.focused || p.inspector.Opened || p.list.mode != following
}
