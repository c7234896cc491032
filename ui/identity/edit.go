package identity

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/credential"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// action is something that can be done to an identity: an entry of the edit menu and of
// the command palette.
type action struct {
	key, label, hint string
	command          string // its name in the palette
	run              func() tea.Cmd
}

// actions are those that the identity allows.
func (p *Page) actions() []action {
	d := p.device
	out := []action{{"d", "Disable", "no connection any more, until it is enabled", "disable", p.askDisable}}
	if d.Status == hub.Disabled {
		out = []action{
			{"e", "Enable", "it may connect again", "enable", p.enable},
			{"d", "Change the reason", "why it is disabled", "disable", p.askDisable},
		}
	}
	switch {
	case d.Auth.Type == hub.AuthSelfSigned:
		out = append(out, action{"t", "Thumbprints", "of the certificates it may use", "thumbprints", p.askThumbprints})
	case !d.Auth.Primary.IsZero():
		for _, r := range credential.Rotations {
			out = append(out, action{r.Key, r.Label, r.Hint, r.Command, func() tea.Cmd { return p.askKeys(r) }})
		}
	}
	return out
}

// edit opens the menu of what can be changed.
func (p *Page) edit() tea.Cmd {
	if cmd, no := p.refused(); no {
		return cmd
	}
	var choices []widget.Choice
	for _, a := range p.actions() {
		choices = append(choices, widget.Choice{Key: a.key, Label: a.label, Hint: a.hint, Run: p.later(a)})
	}
	menu := widget.NewMenu(p.ctx.Styles, p.ctx.Keys, "Change "+safe.Line(p.device.DeviceID, 40), choices...)
	return p.ctx.Send(page.OpenDialog{Dialog: menu})
}

// chosenMsg runs what was chosen within Update, for the device it was chosen for.
type chosenMsg struct {
	id  string
	run func() tea.Cmd
}

func (p *Page) later(a action) tea.Cmd {
	m := chosenMsg{p.device.DeviceID, a.run}
	return p.Act(func() tea.Msg { return m })
}

func (p *Page) onChosen(m chosenMsg) tea.Cmd {
	if m.id != p.device.DeviceID {
		return nil
	}
	return m.run()
}

// refused says why nothing can be changed now.
func (p *Page) refused() (tea.Cmd, bool) {
	if denied := failure.Denied(p.ctx, page.ChangeRegistry, p.device.DeviceID+" not changed"); denied != nil {
		return denied, true
	}
	if doing := p.doing[p.device.DeviceID]; doing != "" {
		return page.Tell(page.Report{Severity: page.Info, Text: doing + " is not done yet"}), true
	}
	return nil, false
}

// Commands implements page.Commander.
func (p *Page) Commands() []page.Command {
	if p.device.DeviceID == "" || !p.ctx.May(page.ChangeRegistry) {
		return nil
	}
	var out []page.Command
	for _, a := range p.actions() {
		out = append(out, page.Command{Name: a.command, Desc: "identity of the device: " + a.hint, Run: func() tea.Cmd {
			if cmd, no := p.refused(); no {
				return cmd
			}
			return p.withKeys(a.run)
		}})
	}
	return out
}

// askKeys wants a word typed before keys become others.
func (p *Page) askKeys(r credential.Rotation) tea.Cmd {
	id := p.device.DeviceID
	before := p.device
	run := p.later(action{run: func() tea.Cmd {
		after := before
		after.Auth.Primary, after.Auth.Secondary = r.Keys(before.Auth.Primary, before.Auth.Secondary)
		return p.apply(change{before: before, after: after, doing: r.Doing + " of " + id, done: id + r.Done, not: id + r.Not})
	}})
	var detail []string
	if p.isSimulated() && !r.KeepsPrimary() {
		detail = append(detail, "Its simulated device is given the new key.")
	}
	return r.Ask(p.ctx, id, run, detail...)
}
