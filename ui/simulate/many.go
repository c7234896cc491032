package simulate

import (
	"errors"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/device/pattern"
	"hubscope/device/sim"
	"hubscope/device/sim/profile"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// The lines of the form that starts many; those of a behaviour follow.
const (
	devicesLine = iota
	missingLine
	rampLine
	rateLine
	othersLine
	manyLines
)

var (
	missingChoices = []string{"create them", "leave them out"}
	otherChoices   = []string{"leave them out", "throw the other one off"}
)

// order is what the form asks for.
type order struct {
	marked   []string
	devices  string // a pattern, or a query; without meaning when there are marked ones
	create   bool
	ramp     sim.Ramp
	rate     float64 // messages a second, all together; 0: no bound
	force    bool
	settings sim.Settings
}

type manyMsg struct {
	marked   []string
	profiles []*profile.Profile
	settings sim.Settings
}

// askMany reads the profiles and then opens the form that starts many devices.
func (p *Page) askMany() tea.Cmd { return p.askThese(nil) }

// askThese is the same for devices that are marked already.
func (p *Page) askThese(marked []string) tea.Cmd {
	if p.o.Registry == nil {
		return page.Tell(page.Report{Severity: page.Warning, Text: "devices cannot be found or created with this connection string", Next: "hubscope simulate --devices FILE takes connection strings of devices"})
	}
	if denied := failure.Denied(p.ctx, page.Simulate, "no devices started"); denied != nil {
		return denied
	}
	fleet, profiles := p.fleet, p.o.Profiles
	return p.Act(func() tea.Msg { return manyMsg{marked, profiles(), fleet.Usual()} })
}

func (p *Page) openMany(m manyMsg) tea.Cmd {
	lines := append([]widget.Line{
		devicesLine: {Label: "Devices", Value: p.many, Check: checkDevices, Say: sayDevices},
		missingLine: p.missing(),
		rampLine:    {Label: "Start over", Value: "10 s", Empty: "all at once", Check: checked(parseSpan), Hint: "The time from the first start to the last."},
		rateLine:    {Label: "At most", Empty: "as many as their intervals ask for", Check: checked(parseRate), Hint: "Messages a second, all simulated devices together."},
		othersLine:  {Label: "Connected", Options: otherChoices, Hint: "What becomes of devices that are connected elsewhere, or were active in the last 5 minutes: a hub keeps one connection a device."},
	}, behaviour(m.profiles, m.settings)...)
	if len(m.marked) > 0 {
		lines[devicesLine] = widget.Line{Label: "Devices", Options: []string{widget.Plural(len(m.marked), "marked device")}, Hint: markedWords(m.marked)}
		lines[missingLine].Hidden = true
	}
	p.sheet = widget.NewSheet(p.ctx.Styles, p.ctx.Keys, widget.SheetOptions{
		Title: "Start many devices", Verb: "start", Doing: "finding the devices",
		Submit: func(s *widget.Sheet) tea.Cmd { return p.launch(orderOf(s, m)) },
		Left:   p.leaveLaunch,
		Changed: func(s *widget.Sheet, line int) tea.Cmd {
			if line == manyLines+profileLine {
				s.Rename(line, "Profile", aboutProfile(m.profiles[s.Chosen(line)]))
			}
			return nil
		},
	}, lines...)
	return p.ctx.Send(page.OpenDialog{Dialog: p.sheet})
}

// missing asks what becomes of devices that the hub does not have, when there is a choice.
func (p *Page) missing() widget.Line {
	l := widget.Line{Label: "Missing", Options: missingChoices, Hint: "What becomes of device ids that the hub does not have."}
	if why := p.ctx.Denied(page.ChangeRegistry); why != "" {
		l.Options, l.Hint = missingChoices[1:], why
	}
	return l
}

// orderOf is what the form says; its lines have been checked.
func orderOf(s *widget.Sheet, m manyMsg) order {
	over, _ := parseSpan(s.Value(rampLine))
	rate, _ := parseRate(s.Value(rateLine))
	return order{
		marked: m.marked, devices: strings.TrimSpace(s.Value(devicesLine)), create: len(m.marked) == 0 && s.Value(missingLine) == missingChoices[0],
		ramp: sim.Ramp{Over: over}, rate: rate, force: s.Chosen(othersLine) == 1,
		settings: settingsOf(s, manyLines, m.profiles, sim.Settings{}),
	}
}

// markedWords names the first of them.
func markedWords(ids []string) string {
	const named = 6
	text := strings.Join(ids[:min(named, len(ids))], ", ")
	if len(ids) > named {
		text += " and " + widget.Count(len(ids)-named) + " more"
	}
	return safe.Line(text, 150)
}

// isQuery tells a query, or the condition of one, from a pattern: a device id has no spaces.
func isQuery(text string) bool { return strings.Contains(strings.TrimSpace(text), " ") }

func checkDevices(text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("write a pattern such as sim-{001..100}, or a query such as tags.site = 'north'")
	}
	if isQuery(text) {
		return nil
	}
	_, err := pattern.Parse(strings.TrimSpace(text))
	return err
}

// sayDevices is what the text stands for.
func sayDevices(text string) string {
	if isQuery(text) {
		return "The devices that a query finds: SELECT deviceId FROM devices WHERE ..., or the condition alone."
	}
	all, err := pattern.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || all.Len() == 0:
		return ""
	case all.Len() == 1:
		return "One device: " + all.At(0) + ". {001..100} and {north,south} stand for many; a query finds devices too."
	}
	return widget.Count(all.Len()) + " devices: " + all.At(0) + " to " + all.At(all.Len()-1) + ". A query finds devices too: tags.site = 'north'."
}

// parseRate reads "500" and "500/s"; nothing is 0.
func parseRate(text string) (float64, error) {
	t := strings.TrimSuffix(strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(text), " ", ""), ",", ""), "/s")
	if t == "" {
		return 0, nil
	}
	n, err := strconv.ParseFloat(t, 64)
	if err != nil || !(n > 0 && n <= 1e6) {
		return 0, errors.New("a number of messages a second, such as 500")
	}
	return n, nil
}
