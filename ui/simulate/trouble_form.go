package simulate

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/device/sim"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// The lines of the form for a fault.
const (
	kindLine = iota
	whenLine
	amountLine
	lastsLine
	afterLine
)

// askTrouble opens the form for a fault that no key stands for.
func (p *Page) askTrouble(id string) tea.Cmd {
	return p.Act(func() tea.Msg { return askTroubleMsg{id} })
}

type askTroubleMsg struct{ id string }

func (p *Page) openTroubleForm(id string) tea.Cmd {
	names := make([]string, 0, len(sim.FaultKinds()))
	for _, k := range sim.FaultKinds() {
		names = append(names, k.String())
	}
	title := "Fault of " + nameOf(id)
	var sheet *widget.Sheet // nil while it is made
	amount := func(text string) error {
		_, err := parseAmount(sheet != nil && sim.FaultKinds()[sheet.Chosen(kindLine)] == sim.Skew, text)
		return err
	}
	sheet = widget.NewSheet(p.ctx.Styles, p.ctx.Keys, widget.SheetOptions{
		Title: title, Verb: "begin", Doing: "telling the device",
		Submit: func(s *widget.Sheet) tea.Cmd {
			f, _ := faultOf(s)
			return p.inject(id, f, f.Kind.String()+" "+s.Value(whenLine))
		},
		Changed: func(s *widget.Sheet, line int) tea.Cmd {
			if line == kindLine {
				suitKind(s)
			}
			return nil
		},
	},
		widget.Line{Label: "Fault", Options: names},
		widget.Line{Label: "When", Value: "once", Hint: "once, 5 % of the messages, or every 2 min.", Check: checked(parseWhen)},
		widget.Line{Check: amount},
		widget.Line{Label: "Lasts", Empty: "one message, or until it is cleared", Hint: "A time such as 30 s.", Check: checked(parseSpan)},
		widget.Line{Label: "Begins after", Empty: "at once", Hint: "A time such as 1 min.", Check: checked(parseSpan)},
	)
	suitKind(sheet)
	p.sheet = sheet
	return p.ctx.Send(page.OpenDialog{Dialog: sheet})
}

// kindHints say what each kind does; those with an amount name it.
var kindHints = map[sim.FaultKind]struct{ does, amount, value, hint string }{
	sim.Disconnect: {does: "The connection breaks without a word, and there is no network: for 10 s when no time is given."},
	sim.Skip:       {does: "A message takes its number and is never sent: whoever counts sees it missing."},
	sim.Duplicate:  {does: "A message is sent twice with the same number."},
	sim.Delay:      {does: "A message is held back; those made later overtake it.", amount: "By", value: "5 s"},
	sim.Reorder:    {does: "A message leaves after the one that was made behind it."},
	sim.Skew:       {does: "The clock in the messages is wrong. Tokens are made by the right one.", amount: "Ahead by", value: "1 h", hint: "A time such as 2 h; -2 h for a clock that is slow."},
	sim.Battery:    {does: "The intervals stretch, then the device is silent until the fault is cleared.", amount: "Empty after", value: "1 min"},
	sim.WrongKey:   {does: "The device connects with a key that the hub no longer takes."},
}

func suitKind(s *widget.Sheet) {
	k := kindHints[sim.FaultKinds()[s.Chosen(kindLine)]]
	s.Rename(kindLine, "Fault", k.does)
	s.Rename(amountLine, k.amount, cmp.Or(k.hint, "A time such as 500 ms, 5 s or 2 h."))
	s.Set(amountLine, k.value)
	s.Hide(amountLine, k.amount == "")
}

// faultOf is what the form says; its lines have been checked.
func faultOf(s *widget.Sheet) (sim.Fault, error) {
	f, err := parseWhen(s.Value(whenLine))
	f.Kind = sim.FaultKinds()[s.Chosen(kindLine)]
	f.For, _ = parseSpan(s.Value(lastsLine))
	f.After, _ = parseSpan(s.Value(afterLine))
	if kindHints[f.Kind].amount != "" {
		f.Amount, _ = parseAmount(f.Kind == sim.Skew, s.Value(amountLine))
	}
	return f, errors.Join(err, f.Check())
}

func checked[T any](parse func(string) (T, error)) func(string) error {
	return func(text string) error {
		_, err := parse(text)
		return err
	}
}

// parseWhen reads "once", "5 %" and "every 2 min".
func parseWhen(text string) (sim.Fault, error) {
	t := strings.ToLower(strings.TrimSpace(text))
	if t == "once" {
		return sim.Fault{}, nil
	}
	if number, ok := strings.CutSuffix(t, "%"); ok {
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(n > 0 && n <= 100) {
			return sim.Fault{}, errors.New("the part of the messages is from 0 to 100 %, such as 5 %")
		}
		return sim.Fault{Probability: n / 100}, nil
	}
	if rest, ok := strings.CutPrefix(t, "every "); ok {
		every, err := parseInterval(rest)
		if err != nil {
			return sim.Fault{}, fmt.Errorf("every: %w", err)
		}
		return sim.Fault{Every: every}, nil
	}
	return sim.Fault{}, errors.New("write once, 5 %, or every 2 min")
}

// parseSpan reads a time; nothing is 0.
func parseSpan(text string) (time.Duration, error) {
	if strings.TrimSpace(text) == "" {
		return 0, nil
	}
	return parseInterval(text)
}

// parseAmount reads a time; one with a sign only when it says how far a clock is off. Nothing is 0.
func parseAmount(signed bool, text string) (time.Duration, error) {
	t := strings.TrimSpace(text)
	if !signed {
		return parseSpan(t)
	}
	rest, slow := strings.CutPrefix(strings.Replace(t, "\u2212", "-", 1), "-")
	d, err := parseSpan(strings.TrimPrefix(rest, "+"))
	if slow {
		d = -d
	}
	return d, err
}
