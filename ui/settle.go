package ui

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
)

func (a *App) frame() frame { return arrange(a.width, a.height, a.dockShown()) }

// docker is a page that looks different when it is docked under another.
type docker interface{ SetDocked(docked bool) }

// settle gives every page its room, and tells those concerned that they can or
// cannot be seen any more, or that the focus has moved. Doing it after each
// change in one place keeps the three from drifting apart.
func (a *App) settle() tea.Cmd {
	if tooSmall(a.width, a.height) {
		return a.tellVisible(nil)
	}
	f := a.frame()
	shown := []page.Page{a.route.current()}
	for _, p := range a.route.all() {
		if p != a.events {
			a.fit(p, f.body)
		}
	}
	d, canDock := a.events.(docker)
	if a.dockShown() {
		shown = append(shown, a.events)
		a.dockEvents(d, canDock, true, f.dock)
	} else {
		a.dockEvents(d, canDock, false, arrange(a.width, a.height, false).body)
	}
	focused := a.focused()
	for _, p := range a.route.all() {
		if fc, ok := p.(page.Focuser); ok {
			fc.SetFocused(p == focused)
		}
	}
	return a.tellVisible(shown)
}

func (a *App) dockEvents(d docker, can, docked bool, r rect) {
	if can {
		d.SetDocked(docked)
	}
	a.fit(a.events, r)
}

// fit gives a page its room when that has changed.
func (a *App) fit(p page.Page, r rect) {
	if a.sizes[p] == r {
		return
	}
	a.sizes[p] = r
	p.SetSize(r.width, r.height)
}

func (a *App) tellVisible(shown []page.Page) tea.Cmd {
	var cmds []tea.Cmd
	for _, p := range a.route.all() {
		now := false
		for _, s := range shown {
			now = now || s == p
		}
		if a.visible[p] == now {
			continue
		}
		a.visible[p] = now
		if w, ok := p.(page.Watcher); ok {
			cmds = append(cmds, w.SetVisible(now))
		}
	}
	return tea.Batch(cmds...)
}
