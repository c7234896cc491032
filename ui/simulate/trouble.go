package simulate

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/device/sim"
	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// trouble is a fault by one key: what people want to see a device survive.
type trouble struct {
	key, name, hint string
	fault           sim.Fault
}

var troubles = []trouble{
	{"x", "lose the network", "for 10 s", sim.Fault{Kind: sim.Disconnect}},
	{"s", "skip a message", "the next one is never sent", sim.Fault{Kind: sim.Skip}},
	{"t", "send a message twice", "with the same number", sim.Fault{Kind: sim.Duplicate}},
	{"d", "delay a message", "by 5 s", sim.Fault{Kind: sim.Delay}},
	{"r", "reorder", "the next message leaves after the one behind it", sim.Fault{Kind: sim.Reorder}},
	{"w", "wrong clock", "an hour ahead, until cleared", sim.Fault{Kind: sim.Skew}},
	{"b", "empty the battery", "slower and slower, silent after a minute", sim.Fault{Kind: sim.Battery}},
	{"n", "wrong key", "as after a rotation, until cleared", sim.Fault{Kind: sim.WrongKey}},
}

// openTroubles offers the faults of the device under the cursor, or of all that run.
func (p *Page) openTroubles(id string) tea.Cmd {
	title := "Faults of all simulated devices"
	var choices []widget.Choice
	for _, t := range troubles {
		choices = append(choices, widget.Choice{Key: t.key, Label: t.name, Hint: t.hint, Run: p.inject(id, t.fault, t.name)})
	}
	choices = append(choices, widget.Choice{Key: "o", Label: "other ...", Hint: "by chance, again and again, later", Run: p.askTrouble(id)})
	if id != "" {
		title = "Faults of " + safe.Line(id, 40)
		choices = append(choices, widget.Choice{Key: "a", Label: "all devices ...", Hint: "the same for every one that runs", Run: p.openTroublesOfAll()})
	}
	choices = append(choices, widget.Choice{Key: "c", Label: "clear", Hint: p.hasWords(id), Run: p.clear(id)})
	return p.ctx.Send(page.OpenDialog{Dialog: widget.NewMenu(p.ctx.Styles, p.ctx.Keys, title, choices...)})
}

type allTroublesMsg struct{}

func (p *Page) openTroublesOfAll() tea.Cmd {
	return p.Act(func() tea.Msg { return allTroublesMsg{} })
}

// hasWords says which faults there are to clear.
func (p *Page) hasWords(id string) string {
	if id == "" {
		return "whatever they have"
	}
	st, _ := p.fleet.One(id)
	if len(st.Faults) == 0 {
		return "there are none"
	}
	names := make([]string, len(st.Faults))
	for i, f := range st.Faults {
		names[i] = f.Kind.String()
	}
	return strings.Join(names, ", ")
}

type injectedMsg struct {
	done, failed string
	err          error
}

func (p *Page) inject(id string, f sim.Fault, name string) tea.Cmd {
	fleet, who := p.fleet, nameOf(id)
	return p.Act(func() tea.Msg {
		return injectedMsg{who + ": " + name, "the fault was not begun", fleet.Inject(id, f)}
	})
}

func (p *Page) clear(id string) tea.Cmd {
	fleet, who := p.fleet, nameOf(id)
	return p.Act(func() tea.Msg {
		return injectedMsg{who + ": no faults any more", "the faults were not cleared", fleet.Clear(id, 0)}
	})
}

func nameOf(id string) string {
	if id == "" {
		return "all simulated devices"
	}
	return safe.Line(id, 40)
}

func (p *Page) onInjected(m injectedMsg) tea.Cmd {
	p.snapshot()
	form := p.sheet
	if m.err != nil {
		if form != nil {
			sentence, next := hub.Explain(m.err)
			form.Fail(safe.Inline(sentence), safe.Inline(next))
		}
		return failure.Tell(m.failed, m.err)
	}
	p.sheet = nil
	done := page.Tell(page.Report{Severity: page.Success, Text: m.done})
	if form == nil {
		return done
	}
	return tea.Batch(done, p.ctx.Send(page.CloseDialog{Dialog: form}))
}
