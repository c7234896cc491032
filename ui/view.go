package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// View draws the screen.
func (a *App) View() tea.View {
	v := tea.NewView(a.content())
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.WindowTitle = "hubscope " + safe.Line(a.ctx.Hub, 60)
	v.Cursor = a.cursor()
	return v
}

func (a *App) content() string {
	if a.width == 0 || a.height == 0 {
		return ""
	}
	if tooSmall(a.width, a.height) {
		return a.drawTooSmall()
	}
	lines := a.lines()
	if d := a.dialogs.top(); d != nil {
		drawBox(d, a.ctx.Styles, a.width, a.height).paint(lines)
	}
	return strings.Join(lines, "\n")
}

func (a *App) lines() []string {
	s, f := a.ctx.Styles, a.frame()
	current := a.route.current()
	var head string
	head, a.tabAreas = a.header.view(s, a.width, a.titles(), a.route.tab)
	lines := make([]string, 0, a.height)
	top, bottom := dividers(current)
	lines = append(lines, head, widget.Rule(a.width, nil, top, s.Rule))
	lines = appendBox(lines, current.View(), f.body)
	if a.dockShown() {
		var dockTop []int
		dockTop, dockBottom := dividers(a.events)
		lines = append(lines, widget.Rule(a.width, bottom, dockTop, s.Rule))
		lines = appendBox(lines, a.events.View(), f.dock)
		bottom = dockBottom
	}
	lines = append(lines, widget.Rule(a.width, bottom, nil, s.Rule))
	last := 2
	if a.width >= 100 {
		last = 4
	}
	return append(lines, a.status.view(s, a.width, a.bindings(), last))
}

// appendBox adds exactly the lines of a box, whatever the page drew.
func appendBox(lines []string, drawn string, r rect) []string {
	got := strings.Split(drawn, "\n")
	for i := range r.height {
		if i < len(got) {
			lines = append(lines, got[i])
			continue
		}
		lines = append(lines, strings.Repeat(" ", r.width))
	}
	return lines
}

func dividers(p page.Page) (top, bottom []int) {
	if d, ok := p.(page.Divided); ok {
		return d.Dividers()
	}
	return nil, nil
}

func (a *App) titles() []string {
	titles := make([]string, len(a.route.tabs))
	for i, p := range a.route.tabs {
		titles[i] = p.Title()
	}
	return titles
}

func (a *App) drawTooSmall() string {
	s := a.ctx.Styles
	text := []string{
		s.Brand.Render("hubscope"),
		s.Text.Render("Too small."),
		s.Text.Render(fmt.Sprintf("Needs %dx%d,", minWidth, minHeight)),
		s.Text.Render(fmt.Sprintf("now %dx%d.", a.width, a.height)),
		s.Muted.Render("q quits"),
	}
	lines := make([]string, max(0, (a.height-len(text))/2))
	for _, t := range text {
		pad := max(0, (a.width-len("Needs 80x24,"))/2)
		lines = append(lines, strings.Repeat(" ", pad)+t)
	}
	return widget.Box(lines, a.width, a.height)
}

func (a *App) cursor() *tea.Cursor {
	if tooSmall(a.width, a.height) {
		return nil
	}
	if d := a.dialogs.top(); d != nil {
		return drawBox(d, a.ctx.Styles, a.width, a.height).cursor(d)
	}
	p := a.focused()
	c, ok := p.(page.Cursorer)
	if !ok {
		return nil
	}
	at := c.Cursor()
	if at == nil {
		return nil
	}
	r := a.frame().body
	if p == a.events && a.dockShown() {
		r = a.frame().dock
	}
	at.X += r.x
	at.Y += r.y
	return at
}
