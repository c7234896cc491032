package ui

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// quit asks first when something would be lost: one question about all of it.
func (a *App) quit() tea.Cmd {
	what := a.unsaved()
	n := a.running()
	verb := "run"
	if n == 1 {
		verb = "runs"
	}
	question, yes := "Quit all the same?", "quit"
	switch {
	case n == 0 && len(what) == 0:
		return tea.Quit
	case len(what) == 0:
		question, yes = widget.Plural(n, "simulated device")+" still "+verb+". Quit?", "stop and quit"
	case n > 0:
		what = append(what, widget.Plural(n, "simulated device")+" still "+verb)
		yes = "stop and quit"
	}
	for i := range what {
		what[i] += "."
	}
	a.dialogs.open(widget.NewConfirm(a.ctx.Styles, "Quit", question, yes, tea.Quit, what...), a.ctx.Time())
	return nil
}

// unsaved is what pages hold that ends with the program.
func (a *App) unsaved() (what []string) {
	for _, p := range a.route.every() {
		u, ok := p.(page.Unsaved)
		if !ok {
			continue
		}
		if sentence := u.Unsaved(); sentence != "" {
			what = append(what, sentence)
		}
	}
	return what
}
