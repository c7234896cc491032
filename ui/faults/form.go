package faults

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// form is a dialog that makes a fault: a line for each part, and below them what
// the one under the cursor means, or what is wrong with it.
type form struct {
	ctx     *page.Context
	submit  func(hub.Fault) tea.Cmd
	lines   []*line
	at      int
	strikes string // what the kind suggests, while the user has not said otherwise
	busy    bool
	failed  string
	next    string
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
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k.kind)
	}
	f := &form{ctx: ctx, submit: submit, lines: []*line{
		kindLine:      chosen("Fault", "", names...),
		deviceLine:    typed("Devices", "A device id, or a pattern such as wind-*. What is about no device has none.", all, checkDevice),
		protocolLine:  chosen("Protocol", "rest: services. https: devices over HTTPS. ws: MQTT or AMQP over a WebSocket.", append([]string{all}, hub.FaultProtocols...)...),
		operationLine: chosen("Operation", "What is being done when it strikes.", append([]string{all}, hub.FaultOperations...)...),
		strikesLine:   typed("Strikes", "always, once, 3 times, 10 %, or 1 in 5.", "", checkWith(parseStrikes)),
		endsLine:      typed("Ends after", "A time such as 30 s or 5 min, or never.", widget.Interval(ends), checkWith(parseEnds)),
		figureLine:    typed("", "A time such as 500 ms or 10 s.", "", checkWith(parseFigure)),
	}}
	f.onKind()
	f.lines[kindLine].focus(true)
	return f
}

func (f *form) kind() kind { return kinds[f.lines[kindLine].at] }

// onKind fills in what the kind suggests.
func (f *form) onKind() {
	k := f.kind()
	if l := f.lines[strikesLine]; l.value() == f.strikes {
		l.set(k.strikes)
	}
	f.strikes = k.strikes
	f.lines[kindLine].hint = k.does
	figure := f.lines[figureLine]
	figure.label, figure.hidden = k.figure, k.figure == ""
	if k.figure != "" {
		figure.set(widget.Interval(k.otherwise))
	}
}

// Title implements page.Dialog.
func (f *form) Title() string { return "New fault" }

// ShortHelp implements page.Dialog.
func (f *form) ShortHelp() []key.Binding {
	k := f.ctx.Keys
	add, choose := k.Confirm, k.Left
	add.SetHelp("enter", "add")
	add.SetEnabled(!f.busy && f.problem() == nil)
	choose.SetHelp("←→", "choose")
	choose.SetEnabled(len(f.lines[f.at].options) > 0)
	return []key.Binding{add, k.Cancel, k.NextField, choose}
}

// Update implements page.Dialog.
func (f *form) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return f.edit(msg), false
	}
	k := f.ctx.Keys
	switch {
	case key.Matches(press, k.Cancel):
		return nil, true
	case key.Matches(press, k.Confirm):
		return f.enter(), false
	case key.Matches(press, k.NextField):
		f.move(1)
	case key.Matches(press, k.PreviousField):
		f.move(-1)
	default:
		return f.edit(msg), false
	}
	return nil, false
}

func (f *form) enter() tea.Cmd {
	if f.busy || f.problem() != nil {
		return nil
	}
	f.busy, f.failed, f.next = true, "", ""
	return f.submit(f.fault())
}

func (f *form) move(n int) {
	f.lines[f.at].focus(false)
	count := len(f.lines)
	if f.lines[figureLine].hidden {
		count--
	}
	f.at = (f.at + n + count) % count
	f.lines[f.at].focus(true)
}

func (f *form) edit(msg tea.Msg) tea.Cmd {
	l := f.lines[f.at]
	before := l.value()
	cmd := l.update(msg, f.ctx.Keys)
	if l.value() == before {
		return cmd
	}
	f.failed, f.next = "", ""
	if f.at == kindLine {
		f.onKind()
	}
	return cmd
}

// fail says why the hub did not take the fault. It can be changed then.
func (f *form) fail(sentence, next string) { f.busy, f.failed, f.next = false, sentence, next }

func (f *form) problem() error {
	for _, l := range f.lines {
		if err := l.problem(); err != nil {
			return err
		}
	}
	return nil
}

// fault is what the lines say; they have been checked.
func (f *form) fault() hub.Fault {
	k := f.kind()
	fault, _ := parseStrikes(f.lines[strikesLine].value())
	fault.Kind = k.kind
	fault.Device = f.scope(deviceLine)
	fault.Protocol, fault.Operation = f.scope(protocolLine), f.scope(operationLine)
	fault.For, _ = parseEnds(f.lines[endsLine].value())
	if k.set != nil {
		figure, _ := parseFigure(f.lines[figureLine].value())
		k.set(&fault, figure)
	}
	return fault
}

func (f *form) scope(i int) string {
	v := strings.TrimSpace(f.lines[i].value())
	if v == all {
		return ""
	}
	return v
}

const (
	formWidth  = 64
	labelWidth = 12
	noteLines  = 3
)

// View implements page.Dialog.
func (f *form) View(maxWidth, _ int) string {
	s := f.ctx.Styles
	width := min(maxWidth, formWidth)
	var out []string
	for i, l := range f.lines {
		if l.hidden {
			out = append(out, strings.Repeat(" ", width))
			continue
		}
		mark := "  "
		if i == f.at {
			mark = "▸ "
		}
		out = append(out, widget.Fit(s.Marker.Render(mark)+s.Muted.Render(widget.Fit(l.label, labelWidth))+l.view(s, i == f.at, width-labelWidth-2), width))
	}
	return strings.Join(append(append(out, ""), f.note(width)...), "\n")
}

// note always has the same height, so that the box keeps its own.
func (f *form) note(width int) []string {
	s := f.ctx.Styles
	style, text := s.Muted, f.lines[f.at].hint
	problem := f.lines[f.at].problem()
	if problem == nil {
		problem = f.problem()
	}
	switch {
	case f.busy:
		style, text = s.Waiting, "… adding the fault"
	case problem != nil:
		style, text = s.Danger, "✗ "+problem.Error()
	case f.failed != "":
		style, text = s.Danger, "✗ "+strings.TrimSuffix(f.failed+". "+f.next, ". ")
	}
	lines := widget.Wrap(text, width-2)
	lines = append(lines, slices.Repeat([]string{""}, noteLines)...)[:noteLines]
	for i := range lines {
		lines[i] = style.Render(widget.Fit("  "+lines[i], width))
	}
	return lines
}

// Cursor implements page.Dialog.
func (f *form) Cursor() *tea.Cursor {
	l := f.lines[f.at]
	if len(l.options) > 0 {
		return nil
	}
	c := l.input.Cursor()
	if c == nil {
		return nil
	}
	c.X += 2 + labelWidth
	c.Y = f.at
	return c
}
