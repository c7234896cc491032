package ui

import (
	"slices"

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

// sectionsOf are the pages inside of one that have no more pages inside.
func sectionsOf(p page.Page) []page.Page {
	outer, ok := p.(parent)
	if !ok {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(outer.Children()), func(inner page.Page) bool {
		_, more := inner.(parent)
		return more
	})
}

// helpGroups lists the keys of the page in front first.
func (a *App) helpGroups() []help.Group {
	k := a.ctx.Keys
	groups, told := []help.Group{}, map[string]bool{}
	add := func(p page.Page) {
		if told[p.Title()] {
			return
		}
		told[p.Title()] = true
		g := help.Group{Title: p.Title()}
		for _, column := range p.FullHelp() {
			g.Bindings = append(g.Bindings, column...)
		}
		groups = append(groups, g)
	}
	if front := a.route.current(); slices.Contains(a.route.kept, front) {
		add(front)
	}
	add(a.route.tabs[a.route.tab])
	for _, p := range sectionsOf(a.route.tabs[a.route.tab]) {
		add(p)
	}
	for _, p := range append(append([]page.Page(nil), a.route.tabs...), a.route.kept...) {
		add(p)
	}
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
