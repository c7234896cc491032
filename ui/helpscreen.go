package ui

import (
	"charm.land/bubbles/v2/key"

	"hubscope/ui/help"
	"hubscope/ui/page"
)

func (a *App) toggleHelp() {
	if _, ok := a.route.current().(*help.Page); ok {
		a.route.back()
		return
	}
	a.showHelp()
}

func (a *App) showHelp() {
	for _, p := range a.route.over {
		if _, ok := p.(*help.Page); ok {
			a.route.push(p)
			return
		}
	}
	a.route.push(help.New(a.ctx, a.about, a.helpGroups()))
}

// helpGroups lists the keys of the page in front first.
func (a *App) helpGroups() []help.Group {
	k := a.ctx.Keys
	groups := []help.Group{}
	add := func(p page.Page) {
		g := help.Group{Title: p.Title()}
		for _, column := range p.FullHelp() {
			g.Bindings = append(g.Bindings, column...)
		}
		groups = append(groups, g)
	}
	add(a.route.tabs[a.route.tab])
	for t, p := range a.route.tabs {
		if page.Tab(t) != a.route.tab {
			add(p)
		}
	}
	add(a.faults)
	add(a.profiles)
	add(a.many)
	tabs := named(k.TabDevices, "1 2 3", "Devices, Simulator, Monitor")
	return append(groups,
		help.Group{Title: "Everywhere", Bindings: []key.Binding{
			tabs, k.NextPane, named(k.Events, "m", "show or hide the event pane"),
			named(k.Palette, ":", "command"), named(k.Journal, "J", "journal of actions and errors"),
			named(k.Faults, "!", "faults on demand of the local hub"),
			k.Help, k.Back, k.Quit, k.ForceQuit,
		}},
		help.Group{Title: "Lists", Bindings: []key.Binding{
			named(k.Up, "k j ↑ ↓", "up, down"), named(k.PageUp, "pgup pgdn", "page up, page down"),
			named(k.HalfUp, "ctrl+u d", "half a page up, down"), named(k.Top, "g G", "first, last"),
		}},
	)
}

func named(b key.Binding, shown, desc string) key.Binding {
	b.SetHelp(shown, desc)
	return b
}
