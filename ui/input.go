package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
)

// onKey gives a key to the first that may have it: ctrl+c is always ours, then
// the dialog, a page that is being typed into, the global keys, the page.
func (a *App) onKey(msg tea.KeyPressMsg) tea.Cmd {
	k := a.ctx.Keys
	a.status.pressed(a.ctx.Time())
	if key.Matches(msg, k.ForceQuit) {
		return tea.Quit
	}
	if tooSmall(a.width, a.height) {
		if key.Matches(msg, k.Quit) {
			return tea.Quit
		}
		return nil
	}
	if a.dialogs.top() != nil {
		return a.dialogs.update(msg, a.ctx.Time())
	}
	to := a.focused()
	if capturesText(to) {
		return to.Update(msg)
	}
	if cmd, ok := a.onGlobalKey(msg); ok {
		return cmd
	}
	return to.Update(msg)
}

func (a *App) onGlobalKey(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	k := a.ctx.Keys
	switch {
	case key.Matches(msg, k.Quit):
		return a.quit(), true
	case key.Matches(msg, k.TabDevices):
		return a.showTab(page.Devices), true
	case key.Matches(msg, k.TabSimulator):
		return a.showTab(page.Simulator), true
	case key.Matches(msg, k.TabMonitor):
		return a.showTab(page.Monitor), true
	case key.Matches(msg, k.Help):
		a.toggleHelp()
	case key.Matches(msg, k.Journal):
		a.toggleJournal()
	case key.Matches(msg, k.Faults):
		a.toggleFaults()
	case key.Matches(msg, k.Palette):
		a.openPalette()
	case key.Matches(msg, k.Events) && a.route.tab != page.Monitor && len(a.route.over) == 0:
		a.docked, a.inDock = !a.docked, false
	case key.Matches(msg, k.NextPane):
		a.nextPane(true)
	case key.Matches(msg, k.PreviousPane):
		a.nextPane(false)
	case key.Matches(msg, k.Back):
		return nil, a.goBack()
	default:
		return nil, false
	}
	return nil, true
}

// goBack closes a page that lies over the tabs, or leaves the event pane, or
// clears the status line; a page may use the key for itself otherwise.
func (a *App) goBack() bool {
	if b, ok := a.route.current().(page.Backer); ok && b.TakesBack() {
		return false
	}
	if a.route.back() != nil {
		return true
	}
	a.status.clear()
	return false
}

func (a *App) showTab(t page.Tab) tea.Cmd {
	a.route.tab, a.route.over, a.inDock = t, nil, false
	return nil
}

func (a *App) toggleJournal() {
	if a.route.current() == a.journal {
		a.route.back()
		return
	}
	a.route.push(a.journal)
}

func (a *App) toggleFaults() {
	if a.route.current() == a.faults {
		a.route.back()
		return
	}
	a.route.push(a.faults)
}

// nextPane moves the focus through the panes of the page and the event pane.
func (a *App) nextPane(forward bool) {
	panes, many := a.route.current().(page.Paned)
	if !a.inDock && many && panes.NextPane(forward) {
		return
	}
	if a.dockShown() && !a.inDock {
		a.inDock = true
		return
	}
	a.inDock = false
	if many {
		panes.EnterPanes(forward)
	}
}

func (a *App) onPaste(msg tea.PasteMsg) tea.Cmd {
	if a.dialogs.top() != nil {
		return a.dialogs.update(msg, a.ctx.Time())
	}
	return a.focused().Update(msg)
}

func (a *App) onClick(msg tea.MouseClickMsg) tea.Cmd {
	if a.dialogs.top() != nil || tooSmall(a.width, a.height) {
		return nil
	}
	f := a.frame()
	switch {
	case msg.Y == f.header.y:
		for _, t := range a.tabAreas {
			if msg.X >= t.from && msg.X < t.until {
				return a.showTab(t.tab)
			}
		}
	case f.body.contains(msg.X, msg.Y):
		a.inDock = false
		msg.X, msg.Y = msg.X-f.body.x, msg.Y-f.body.y
		return a.route.current().Update(msg)
	case a.dockShown() && f.dock.contains(msg.X, msg.Y):
		a.inDock = true
		msg.X, msg.Y = msg.X-f.dock.x, msg.Y-f.dock.y
		return a.events.Update(msg)
	}
	return nil
}

// onWheel scrolls what is under the pointer, whatever has the focus.
func (a *App) onWheel(msg tea.MouseWheelMsg) tea.Cmd {
	if a.dialogs.top() != nil {
		return nil
	}
	f := a.frame()
	switch {
	case f.body.contains(msg.X, msg.Y):
		msg.X, msg.Y = msg.X-f.body.x, msg.Y-f.body.y
		return a.route.current().Update(msg)
	case a.dockShown() && f.dock.contains(msg.X, msg.Y):
		msg.X, msg.Y = msg.X-f.dock.x, msg.Y-f.dock.y
		return a.events.Update(msg)
	}
	return nil
}
