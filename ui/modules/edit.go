package modules

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/credential"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// rotations are the ways to change the keys that the module allows.
func (p *One) rotations() []credential.Rotation {
	if p.module.Auth.Primary.IsZero() || systemModule(p.module.ModuleID) {
		return nil
	}
	return credential.Rotations
}

// edit opens the menu of what can be changed.
func (p *One) edit() tea.Cmd {
	if cmd, no := p.refused(); no {
		return cmd
	}
	var choices []widget.Choice
	for _, r := range p.rotations() {
		choices = append(choices, widget.Choice{Key: r.Key, Label: r.Label, Hint: r.Hint, Run: p.later(func() tea.Cmd { return p.askKeys(r) })})
	}
	menu := widget.NewMenu(p.ctx.Styles, p.ctx.Keys, "Change "+safe.Line(p.module.ModuleID, 40), choices...)
	return p.ctx.Send(page.OpenDialog{Dialog: menu})
}

// refused says why nothing can be changed now.
func (p *One) refused() (tea.Cmd, bool) {
	not := p.module.ModuleID + " not changed"
	if denied := failure.Denied(p.ctx, page.ChangeRegistry, not); denied != nil {
		return denied, true
	}
	why := page.Report{Severity: page.Warning}
	switch doing := p.doing[p.name()]; {
	case !p.whole:
		why.Severity, why.Text, why.Next = page.Info, not+": it is not read yet", "r reads it"
	case doing != "":
		why.Severity, why.Text = page.Info, doing+" is not done yet"
	case systemModule(p.module.ModuleID):
		why.Text, why.Next = not+": it is a system module of IoT Edge", "its keys are made by the hub"
	case len(p.rotations()) == 0:
		why.Text, why.Next = not+": it has no keys", "delete it and create it with keys"
	default:
		return nil, false
	}
	return page.Tell(why), true
}

// askKeys wants a word typed before keys become others.
func (p *One) askKeys(r credential.Rotation) tea.Cmd {
	before := p.module
	return r.Ask(p.ctx, before.ModuleID, p.later(func() tea.Cmd { return p.rotate(before, r) }))
}

// name is that of the module shown, unlike that of any other.
func (p *One) name() string { return nameOf(p.module) }

// chosenMsg runs what was chosen within Update, for the module it was chosen for.
type chosenMsg struct {
	name string
	run  func() tea.Cmd
}

func (p *One) later(run func() tea.Cmd) tea.Cmd {
	m := chosenMsg{p.name(), run}
	return p.Act(func() tea.Msg { return m })
}

func (p *One) onChosen(m chosenMsg) tea.Cmd {
	if m.name != p.name() {
		return nil
	}
	return m.run()
}

// Commands implements page.Commander.
func (p *One) Commands() []page.Command {
	if !p.whole || !p.ctx.May(page.ChangeRegistry) {
		return nil
	}
	var out []page.Command
	for _, r := range p.rotations() {
		out = append(out, page.Command{Name: r.Command, Desc: "identity of the module: " + r.Hint, Run: func() tea.Cmd {
			if cmd, no := p.refused(); no {
				return cmd
			}
			return p.askKeys(r)
		}})
	}
	return out
}
