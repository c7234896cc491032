package faults

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// form is a dialog that makes a fault: a line for each part.
type form struct {
	*widget.Sheet
	strikes string // what the kind suggests, while the user has not said otherwise
}

// The lines of the form.
const (
	kindLine = iota
	deviceLine
	protocolLine
	operationLine
	strikesLine
	endsLine
	figureLine // the delay, lifetime or pause that some kinds have
)

const all = "all"

func newForm(ctx *page.Context, submit func(hub.Fault) tea.Cmd) *form {
	f := &form{}
	f.Sheet = widget.NewSheet(ctx.Styles, ctx.Keys, widget.SheetOptions{
		Title: "New fault", Verb: "add", Doing: "adding the fault",
		Submit: func(*widget.Sheet) tea.Cmd { return submit(f.fault()) },
		Changed: func(_ *widget.Sheet, line int) tea.Cmd {
			if line == kindLine {
				f.onKind()
			}
			return nil
		},
	}, lines()...)
	f.onKind()
	return f
}

func lines() []widget.Line {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k.kind)
	}
	return []widget.Line{
		kindLine:      {Label: "Fault", Options: names},
		deviceLine:    {Label: "Devices", Value: all, Hint: "A device id, or a pattern such as wind-*. What is about no device has none.", Check: checkDevice},
		protocolLine:  {Label: "Protocol", Options: append([]string{all}, hub.FaultProtocols...), Hint: "rest: services. https: devices over HTTPS. ws: MQTT or AMQP over a WebSocket."},
		operationLine: {Label: "Operation", Options: append([]string{all}, hub.FaultOperations...), Hint: "What is being done when it strikes."},
		strikesLine:   {Label: "Strikes", Hint: "always, once, 3 times, 10 %, or 1 in 5.", Check: checkWith(parseStrikes)},
		endsLine:      {Label: "Ends after", Value: widget.Interval(ends), Hint: "A time such as 30 s or 5 min, or never.", Check: checkWith(parseEnds)},
		figureLine:    {Check: checkWith(parseFigure)},
	}
}

func (f *form) kind() kind { return kinds[f.Chosen(kindLine)] }

// onKind fills in what the kind suggests.
func (f *form) onKind() {
	k := f.kind()
	if f.Value(strikesLine) == f.strikes {
		f.Set(strikesLine, k.strikes)
	}
	f.strikes = k.strikes
	f.Rename(kindLine, "Fault", k.does)
	f.Rename(figureLine, k.figure, "A time such as 500 ms or 10 s.")
	f.Hide(figureLine, k.figure == "")
	if k.figure != "" {
		f.Set(figureLine, widget.Interval(k.otherwise))
	}
}

// fault is what the lines say; they have been checked.
func (f *form) fault() hub.Fault {
	k := f.kind()
	fault, _ := parseStrikes(f.Value(strikesLine))
	fault.Kind = k.kind
	fault.Device = f.scope(deviceLine)
	fault.Protocol, fault.Operation = f.scope(protocolLine), f.scope(operationLine)
	fault.For, _ = parseEnds(f.Value(endsLine))
	if k.set != nil {
		figure, _ := parseFigure(f.Value(figureLine))
		k.set(&fault, figure)
	}
	return fault
}

func (f *form) scope(line int) string {
	v := strings.TrimSpace(f.Value(line))
	if v == all {
		return ""
	}
	return v
}
