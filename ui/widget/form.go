package widget

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/keys"
	"hubscope/ui/theme"
)

// Field is one line to fill in.
type Field struct {
	Label, Value string
	Hint         string              // shown under the field while there is no error
	Say          func(string) string // while typing: what the text means, in place of Hint; "" for nothing to say
	Check        func(string) error  // while typing; its error is shown as it is
	Limit        int                 // characters, 0 for none
}

type field struct {
	Field
	input textinput.Model
}

// Form is a dialog of text fields. What was typed stays when a submission fails.
type Form struct {
	styles *theme.Styles
	keys   *keys.Map
	title  string
	fields []field
	at     int
	submit func(values []string) tea.Cmd
	confirm,
	cancel key.Binding
	busy   string
	failed string
	next   string
}

// NewForm returns a form with the first field under the cursor. verb names what
// enter does; submit is called with values that passed their checks. The form
// stays open until its owner closes it or the user leaves it.
func NewForm(s *theme.Styles, k *keys.Map, title, verb string, submit func([]string) tea.Cmd, fields ...Field) *Form {
	f := &Form{
		styles: s, keys: k, title: title, submit: submit,
		confirm: key.NewBinding(key.WithKeys("enter"), key.WithHelp("enter", verb)),
		cancel:  key.NewBinding(key.WithKeys("esc"), key.WithHelp("esc", "cancel")),
	}
	for _, def := range fields {
		in := textinput.New()
		in.Prompt = ""
		in.CharLimit = def.Limit
		in.SetVirtualCursor(false)
		in.SetValue(def.Value)
		in.CursorEnd()
		f.fields = append(f.fields, field{def, in})
	}
	f.focus(0)
	return f
}

// Title is the heading of the box.
func (f *Form) Title() string { return f.title }

// ShortHelp lists what works in the form.
func (f *Form) ShortHelp() []key.Binding {
	confirm := f.confirm
	confirm.SetEnabled(f.busy == "" && f.Problem() == nil)
	help := []key.Binding{confirm, f.cancel}
	if len(f.fields) > 1 {
		help = append(help, f.keys.NextField)
	}
	return help
}

// Values are the texts of the fields.
func (f *Form) Values() []string {
	values := make([]string, len(f.fields))
	for i := range f.fields {
		values[i] = f.fields[i].input.Value()
	}
	return values
}

// Problem is the first error of a check, or nil.
func (f *Form) Problem() error {
	for i := range f.fields {
		if err := f.check(i); err != nil {
			return err
		}
	}
	return nil
}

// Fail says why a submission did not work, and what to do next. The form can be
// typed into again.
func (f *Form) Fail(sentence, next string) { f.busy, f.failed, f.next = "", sentence, next }

// Busy says what is under way; enter does nothing until Fail or the end.
func (f *Form) Busy(what string) { f.busy, f.failed, f.next = what, "", "" }

func (f *Form) focus(i int) {
	for j := range f.fields {
		f.fields[j].input.Blur()
	}
	f.at = i
	f.fields[i].input.Focus()
}

func (f *Form) check(i int) error {
	if f.fields[i].Check == nil {
		return nil
	}
	return f.fields[i].Check(f.fields[i].input.Value())
}

// Update types, moves, submits or leaves.
func (f *Form) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return f.edit(msg), false
	}
	switch {
	case key.Matches(press, f.cancel):
		return nil, true
	case key.Matches(press, f.confirm):
		if f.busy != "" || f.Problem() != nil {
			return nil, false
		}
		return f.submit(f.Values()), false
	case key.Matches(press, f.keys.NextField):
		f.focus((f.at + 1) % len(f.fields))
	case key.Matches(press, f.keys.PreviousField):
		f.focus((f.at + len(f.fields) - 1) % len(f.fields))
	default:
		return f.edit(msg), false
	}
	return nil, false
}

func (f *Form) edit(msg tea.Msg) tea.Cmd {
	in := &f.fields[f.at].input
	before := in.Value()
	var cmd tea.Cmd
	*in, cmd = in.Update(msg)
	if in.Value() != before {
		f.failed, f.next = "", ""
	}
	return cmd
}

const (
	formWidth = 64
	noteLines = 3
)

// View draws the fields, each with its error or hint under it.
func (f *Form) View(maxWidth, _ int) string {
	s := f.styles
	width := min(maxWidth, formWidth)
	var lines []string
	for i := range f.fields {
		fl := &f.fields[i]
		fl.input.SetWidth(width - 3)
		fl.input.SetStyles(inputStyles(s))
		lines = append(lines, s.Muted.Render(Fit(fl.Label, width)))
		mark := "  "
		if i == f.at {
			mark = "▸ "
		}
		lines = append(lines, Fit(s.Marker.Render(mark)+fl.input.View(), width))
		lines = append(lines, f.note(i, width)...)
	}
	return strings.Join(append(lines, f.state(width)...), "\n")
}

// note always has the same height, so that the box keeps its own while typing.
func (f *Form) note(i, width int) []string {
	style, sign, text := f.styles.Muted, "  ", f.fields[i].Hint
	if say := f.fields[i].Say; say != nil {
		text = say(f.fields[i].input.Value())
	}
	if err := f.check(i); err != nil {
		style, sign, text = f.styles.Danger, "✗ ", err.Error()
	}
	lines := Wrap(text, width-2)
	out := make([]string, noteLines)
	for j := range out {
		line := ""
		if j < len(lines) {
			line = lines[j]
		}
		prefix := "  "
		if j == 0 {
			prefix = sign
		}
		out[j] = style.Render(Fit(prefix+line, width))
	}
	return out
}

func (f *Form) state(width int) []string {
	s := f.styles
	if f.busy != "" {
		return []string{s.Waiting.Render(Fit("… "+f.busy, width))}
	}
	if f.failed == "" {
		return nil
	}
	var out []string
	for j, l := range Wrap(f.failed, width-2) {
		prefix := "  "
		if j == 0 {
			prefix = "✗ "
		}
		out = append(out, s.Danger.Render(Fit(prefix+l, width)))
	}
	for _, l := range Wrap(f.next, width-2) {
		out = append(out, s.Muted.Render(Fit("  "+l, width)))
	}
	return out
}

// Cursor is that of the focused field.
func (f *Form) Cursor() *tea.Cursor {
	c := f.fields[f.at].input.Cursor()
	if c == nil {
		return nil
	}
	c.X += 2
	c.Y = f.at*(2+noteLines) + 1
	return c
}
