package simulate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/device/sim"
	"hubscope/device/sim/profile"
	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// The lines that say how a device behaves, in the forms for one and for many.
const (
	profileLine = iota
	intervalLine
	methodsLine
	settleLine
	listenLine
	proofLine
	transportLine
	behaviourLines
)

// What the choices say; the first is what is usual.
var (
	methodChoices    = []string{"404 not found", "200 and an echo"}
	settleChoices    = []string{"as the profile says", "complete", "leave"}
	listenChoices    = []string{"to messages, methods and the twin", "to nothing"}
	proofChoices     = []string{"run and number", "none"}
	transportChoices = []string{"MQTT on port 8883", "MQTT over WebSocket on 443"}
)

func pick(choices []string, second bool) string {
	if second {
		return choices[1]
	}
	return choices[0]
}

// behaviour gives the lines with the settings in them.
func behaviour(profiles []*profile.Profile, s sim.Settings) []widget.Line {
	names := make([]string, len(profiles))
	for i, p := range profiles {
		names[i] = p.Name
	}
	current := profiles[0]
	if s.Profile != nil {
		current = s.Profile
	}
	every := ""
	if s.Interval > 0 {
		every = widget.Interval(s.Interval)
	}
	return []widget.Line{
		profileLine: {Label: "Profile", Options: names, Value: current.Name, Hint: aboutProfile(current)},
		intervalLine: {
			Label: "Sends every", Value: every, Empty: "as the profile says", Check: checked(parseSpan),
			Hint: "Such as 1 s, 250 ms, 2 min.",
		},
		methodsLine: {
			Label: "Methods", Options: methodChoices, Value: pick(methodChoices, s.UnknownMethods == sim.Echo),
			Hint: "How direct methods are answered that the profile does not know.",
		},
		settleLine: {
			Label: "Messages", Options: settleChoices, Value: settleChoices[s.Settle],
			Hint: "What becomes of cloud-to-device messages. MQTT can only complete one, or leave it: then it comes again with the next connection. There is no reject and no abandon.",
		},
		listenLine: {
			Label: "Listens", Options: listenChoices, Value: pick(listenChoices, s.TelemetryOnly),
			Hint: "A device that listens to nothing costs less: for thousands of them.",
		},
		proofLine: {
			Label: "Proof", Options: proofChoices, Value: pick(proofChoices, s.NoProof),
			Hint: "Each message carries its run and number, by which the monitor shows what is lost, twice or out of order.",
		},
		transportLine: {
			Label: "Transport", Options: transportChoices, Value: pick(transportChoices, s.WebSocket),
			Hint: "WebSocket passes where only web pages do, also through a proxy.",
		},
	}
}

// settingsOf is what the lines from first on say; they have been checked.
func settingsOf(s *widget.Sheet, first int, profiles []*profile.Profile, was sim.Settings) sim.Settings {
	every, _ := parseSpan(s.Value(first + intervalLine))
	return sim.Settings{
		Profile: profiles[s.Chosen(first+profileLine)], Interval: every,
		UnknownMethods: sim.UnknownMethods(s.Chosen(first + methodsLine)), Settle: sim.Settle(s.Chosen(first + settleLine)),
		TelemetryOnly: s.Chosen(first+listenLine) == 1, NoProof: s.Chosen(first+proofLine) == 1,
		WebSocket: s.Chosen(first+transportLine) == 1, Certificate: was.Certificate,
	}
}

func aboutProfile(p *profile.Profile) string {
	kinds := make([]string, len(p.Messages))
	for i, k := range p.Messages {
		kinds[i] = k.Name + " every " + widget.Interval(k.Interval)
	}
	about := safe.Line(p.Description, 120)
	if about != "" {
		about = strings.TrimSuffix(about, ".") + ": "
	}
	return about + safe.Line(strings.Join(kinds, ", "), 160) + "."
}

type behaviourMsg struct {
	id       string
	profiles []*profile.Profile
	settings sim.Settings
	err      error
}

// askBehaviour reads the profiles, which are files, and then opens the form.
func (p *Page) askBehaviour(id string) tea.Cmd {
	fleet, profiles := p.fleet, p.o.Profiles
	return p.Act(func() tea.Msg {
		s, err := fleet.Settings(id)
		return behaviourMsg{id, profiles(), s, err}
	})
}

func (p *Page) openBehaviour(m behaviourMsg) tea.Cmd {
	if m.err != nil {
		return failure.Tell(m.id+" cannot be changed", m.err)
	}
	profiles := m.profiles
	if m.settings.Profile != nil && !slices.ContainsFunc(profiles, func(p *profile.Profile) bool { return p.Name == m.settings.Profile.Name }) {
		profiles = append([]*profile.Profile{m.settings.Profile}, profiles...)
	}
	p.sheet = widget.NewSheet(p.ctx.Styles, p.ctx.Keys, widget.SheetOptions{
		Title: "Behaviour of " + safe.Line(m.id, 40), Verb: "start with it", Doing: "starting the device anew",
		Submit: func(s *widget.Sheet) tea.Cmd { return p.behave(m.id, settingsOf(s, 0, profiles, m.settings)) },
		Changed: func(s *widget.Sheet, line int) tea.Cmd {
			if line == profileLine {
				s.Rename(profileLine, "Profile", aboutProfile(profiles[s.Chosen(profileLine)]))
			}
			return nil
		},
	}, behaviour(profiles, m.settings)...)
	return p.ctx.Send(page.OpenDialog{Dialog: p.sheet})
}

// behave starts the device anew with its new settings.
func (p *Page) behave(id string, s sim.Settings) tea.Cmd {
	fleet, base := p.fleet, p.Base()
	return p.Act(func() tea.Msg {
		ctx, cancel := context.WithTimeout(base, callLimit)
		defer cancel()
		return injectedMsg{fmt.Sprintf("%s is a %s now", safe.Line(id, 40), s.Profile.Name), "the device was not started anew", fleet.Restart(ctx, id, s)}
	})
}

type profileMsg struct {
	page.UseProfile
	found *profile.Profile // nil: there is none
}

// findProfile reads the profiles, which are files, and looks for one.
func (p *Page) findProfile(m page.UseProfile) tea.Cmd {
	profiles := p.o.Profiles
	return p.Act(func() tea.Msg {
		for _, one := range profiles() {
			if one.Name == m.Name {
				return profileMsg{m, one}
			}
		}
		return profileMsg{m, nil}
	})
}

// onProfile makes a profile the one of a device, or of those that are started from now on.
func (p *Page) onProfile(m profileMsg) tea.Cmd {
	name := safe.Line(m.Name, 40)
	if m.found == nil {
		return page.Tell(page.Report{Severity: page.Failure, Text: "there is no profile " + name + " any more", Next: "P shows those that there are"})
	}
	if m.DeviceID != "" {
		return p.useFor(m.DeviceID, m.found)
	}
	s := p.fleet.Usual()
	s.Profile, s.Interval = m.found, 0
	p.fleet.Use(s)
	return page.Tell(page.Report{
		Severity: page.Success, Text: "devices that start from now on are " + name, Next: "e changes one that runs",
	})
}

// useFor starts a device anew with a profile and its interval; all else stays as it is.
func (p *Page) useFor(id string, chosen *profile.Profile) tea.Cmd {
	fleet, base := p.fleet, p.Base()
	return p.Act(func() tea.Msg {
		ctx, cancel := context.WithTimeout(base, callLimit)
		defer cancel()
		s, err := fleet.Settings(id)
		if err == nil {
			s.Profile, s.Interval = chosen, 0
			err = fleet.Restart(ctx, id, s)
		}
		return injectedMsg{fmt.Sprintf("%s is a %s now", safe.Line(id, 40), safe.Line(chosen.Name, 40)), "the device was not started anew", err}
	})
}

// explain is a failure as a sentence and what to do next.
func explain(err error) (sentence, next string) {
	sentence, next = hub.Explain(err)
	return safe.Inline(sentence), safe.Inline(next)
}
