package method

import (
	"errors"
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/mistake"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/page"
	"hubscope/ui/widget"
	"hubscope/ui/widget/editor"
)

// part is a place of the form to type into.
type part int

const (
	namePart part = iota
	payloadPart
	responsePart
	connectPart
	parts
)

// form is a call being written. What is typed stays in it until something else is typed or taken.
type form struct {
	ctx     *page.Context
	name    *widget.Filter
	payload *editor.Editor
	times   [parts]*widget.Filter // response and connect
	at      part
	mistake *mistake.Mistake // of the payload
	hint    completion

	width int
	text  int // lines of the payload that are drawn
	pens  [paint.Kinds]paint.Pen
}

func newForm(ctx *page.Context, names func() []string) *form {
	f := &form{ctx: ctx, name: widget.NewFilter("", "its name, such as reboot"), hint: completion{names: names}}
	f.times[responsePart] = widget.NewFilter("", inSeconds(hub.DefaultResponseTimeout))
	f.times[connectPart] = widget.NewFilter("", inSeconds(hub.DefaultConnectTimeout))
	f.payload = editor.New("", func(line string) string { return editor.JSON(line, &f.pens) })
	f.sharpen()
	return f
}

// sharpen makes the pens of the present theme.
func (f *form) sharpen() {
	f.pens = paint.NewSpanPens(f.ctx.Styles, f.ctx.Styles.Text.UnsetForeground())
}

// take puts a call into the form. The payload that was there can be taken back.
func (f *form) take(c hub.MethodCall) {
	f.name.Set(c.Name)
	f.times[responsePart].Set(inSeconds(c.ResponseTimeout))
	f.times[connectPart].Set(inSeconds(c.ConnectTimeout))
	f.setPayload(string(c.Payload))
}

func (f *form) setPayload(text string) {
	if text != f.payload.Text() {
		f.payload.Replace(text)
	}
	f.check()
}

// check marks where the payload is wrong.
func (f *form) check() {
	f.mistake = checkPayload(f.payload.Text())
	if f.mistake != nil && f.mistake.Line > 0 {
		f.payload.Mark(f.mistake.Line)
		return
	}
	f.payload.Mark()
}

// call is what the form says, or what is wrong with it and where.
func (f *form) call() (hub.MethodCall, part, error) {
	c := hub.MethodCall{Name: strings.TrimSpace(f.name.Value())}
	if err := checkName(c.Name); err != nil {
		return c, namePart, err
	}
	if f.mistake != nil {
		return c, payloadPart, fmt.Errorf("the payload is not JSON: %s", f.mistake)
	}
	c.Payload = payloadOf(f.payload.Text())
	var err error
	if c.ResponseTimeout, err = readResponse(f.times[responsePart].Value()); err != nil {
		return c, responsePart, fmt.Errorf("the time for the answer: %w", err)
	}
	if c.ConnectTimeout, err = readConnect(f.times[connectPart].Value()); err != nil {
		return c, connectPart, fmt.Errorf("the time to connect: %w", err)
	}
	return c, namePart, nil
}

// longestName is what a hub takes, in bytes.
const longestName = 128

func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("a method needs a name")
	case len(name) > longestName:
		return fmt.Errorf("the name of a method has at most %d bytes", longestName)
	case strings.ContainsAny(name, "/#+\x00"):
		return errors.New("the name of a method has none of / # +")
	}
	return nil
}

// focus puts the cursor into a part.
func (f *form) focus(at part) {
	f.blur()
	f.at = at
	f.hint.begin(f.name.Value())
	switch at {
	case namePart:
		f.name.Focus()
	case responsePart, connectPart:
		f.times[at].Focus()
	}
}

func (f *form) blur() {
	f.name.Blur()
	f.times[responsePart].Blur()
	f.times[connectPart].Blur()
}

// nextMistake goes to where the payload is wrong.
func (f *form) toMistake() {
	if f.mistake == nil {
		return
	}
	f.focus(payloadPart)
	if f.mistake.Line > 0 {
		f.payload.Go(f.mistake.Line, f.mistake.Column)
	}
}

// update types and moves between the parts.
func (f *form) update(msg tea.Msg) tea.Cmd {
	if press, ok := msg.(tea.KeyPressMsg); ok && f.move(press) {
		return nil
	}
	switch f.at {
	case payloadPart:
		if f.payload.Update(msg) {
			f.check()
		}
		return nil
	case namePart:
		before := f.name.Value()
		cmd := f.name.Update(msg)
		if f.name.Value() != before {
			f.hint.begin(f.name.Value())
		}
		return cmd
	}
	return f.times[f.at].Update(msg)
}

func (f *form) move(msg tea.KeyPressMsg) bool {
	k := f.ctx.Keys
	_, vertical := map[rune]bool{tea.KeyUp: true, tea.KeyDown: true}[msg.Code]
	switch {
	case vertical && f.at == payloadPart:
		return false
	case vertical && f.at == namePart && f.choose(msg):
	case msg.Code == tea.KeyRight && f.at == namePart && f.name.AtEnd() && f.hint.rest(f.name.Value()) != "":
		f.name.Set(f.hint.first())
		f.hint.begin(f.name.Value())
	case key.Matches(msg, k.NextField):
		f.focus((f.at + 1) % parts)
	case key.Matches(msg, k.PreviousField):
		f.focus((f.at + parts - 1) % parts)
	default:
		return false
	}
	return true
}

// choose goes through the names that go on as what was typed.
func (f *form) choose(msg tea.KeyPressMsg) bool {
	step := 1
	if msg.Code == tea.KeyUp {
		step = -1
	}
	name, ok := f.hint.step(step)
	if ok {
		f.name.Set(name)
	}
	return ok
}
