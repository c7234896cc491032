package monitor

import (
	"errors"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/history"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// filterForm is the dialog that makes or changes a filter with a name. How many events it lets through is counted while
// it is typed.
type filterForm struct {
	p     *Page
	of    *filter.Named // nil: a new one
	draft filter.Named  // as it was read last without a mistake
	err   error         // of the text as it is
	name  *widget.Filter
	text  *widget.Filter
	hide  bool
	at    formField
	tried bool // a text was typed, or enter pressed: that there is none is a mistake from then on
	count *history.Index
}

type formField int

const (
	nameField formField = iota
	filterField
	verbField
	formFields
)

// newFilter makes a filter; what is typed already is a beginning.
func (p *Page) newFilter() tea.Cmd {
	n := filter.Named{Name: p.filters.all.FreeName(), On: true}
	if !p.applied.Empty() {
		n.Text = p.applied.Text
	}
	return p.filterForm(nil, n, nameField)
}

// filterForm opens the dialog.
func (p *Page) filterForm(of *filter.Named, as filter.Named, at formField) tea.Cmd {
	f := &filterForm{p: p, of: of, hide: as.Hide, draft: as, name: widget.NewFilter("", "a name"), text: widget.NewFilter("", `such as body.windSpeed > 14`)}
	f.name.Set(as.Name)
	f.text.Set(as.Text)
	f.focus(at)
	return tea.Batch(f.read(), p.ctx.Send(page.OpenDialog{Dialog: f}))
}

func (f *filterForm) focus(at formField) {
	f.at = (at + formFields) % formFields
	f.name.Blur()
	f.text.Blur()
	switch f.at {
	case nameField:
		f.name.Focus()
	case filterField:
		f.text.Focus()
	}
}

// read takes the text as it is; one with a mistake changes nothing.
func (f *filterForm) read() tea.Cmd {
	n := filter.Named{Name: strings.TrimSpace(f.name.Value()), Text: strings.TrimSpace(f.text.Value()), On: f.draft.On, Hide: f.hide}
	n.Compile(f.p.ctx.Time)
	if f.err = n.Err(); f.err != nil {
		return nil
	}
	f.draft = n
	f.endCount()
	f.count = f.p.history.Watch(f.draft.Test)
	return f.step()
}

func (f *filterForm) endCount() {
	if f.count != nil {
		f.p.history.Unwatch(f.count)
		f.count = nil
	}
}

// formStepMsg goes on counting for the form that is open.
type formStepMsg struct{ form *filterForm }

func (f *filterForm) step() tea.Cmd {
	if f.count == nil || f.count.Scanned() {
		return nil
	}
	f.count.Step(scanStep)
	return f.p.Act(func() tea.Msg { return formStepMsg{f} })
}

var errNoText = errors.New("what it is to look for is missing")

// problem is what keeps the form from being taken.
func (f *filterForm) problem() error {
	if err := f.p.filters.all.CheckName(f.name.Value(), f.of); err != nil {
		return err
	}
	if f.err == nil && strings.TrimSpace(f.text.Value()) == "" {
		return errNoText
	}
	return f.err
}

// Title implements page.Dialog.
func (f *filterForm) Title() string {
	if f.of == nil {
		return "New filter"
	}
	return "Filter"
}

// ShortHelp implements page.Dialog.
func (f *filterForm) ShortHelp() []key.Binding {
	k := f.p.ctx.Keys
	keep := key.NewBinding(key.WithKeys(k.Confirm.Keys()...), key.WithHelp("enter", "keep"))
	keep.SetEnabled(f.problem() == nil)
	return []key.Binding{keep, k.Cancel, k.NextField}
}

// Update implements page.Dialog.
func (f *filterForm) Update(msg tea.Msg) (tea.Cmd, bool) {
	k := f.p.ctx.Keys
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return f.typed(msg), false
	case key.Matches(press, k.Cancel):
		f.endCount()
		return nil, true
	case key.Matches(press, k.Confirm):
		return f.keep()
	case key.Matches(press, k.NextField):
		f.focus(f.at + 1)
	case key.Matches(press, k.PreviousField):
		f.focus(f.at - 1)
	case f.at == verbField:
		if key.Matches(press, k.Left, k.Right, k.Pause) {
			f.hide = !f.hide
			return f.read(), false
		}
	default:
		return f.typed(msg), false
	}
	return nil, false
}

func (f *filterForm) typed(msg tea.Msg) tea.Cmd {
	switch f.at {
	case nameField:
		return f.name.Update(msg)
	case filterField:
		before := f.text.Value()
		cmd := f.text.Update(msg)
		if f.text.Value() != before {
			f.tried = true
			return tea.Batch(cmd, f.read())
		}
		return cmd
	}
	return nil
}

// keep takes the filter over; what was typed as the quick filter goes when it now has a name.
func (f *filterForm) keep() (tea.Cmd, bool) {
	f.tried = true
	if f.problem() != nil {
		return nil, false
	}
	f.read()
	f.endCount()
	cmd := f.p.putFilter(f.of, &f.draft)
	if f.of == nil && !f.p.applied.Empty() && f.draft.Text == f.p.applied.Text && f.draft.On {
		f.p.filter.Clear()
		cmd = tea.Batch(cmd, f.p.applyFilter())
	}
	return cmd, true
}

const (
	filterFormWidth = 84
	formLabel       = 10
)

// View implements page.Dialog.
func (f *filterForm) View(maxWidth, maxHeight int) string {
	s := f.p.ctx.Styles
	width := min(maxWidth, filterFormWidth)
	line := func(at formField, label, value string) string {
		mark := "  "
		if at == f.at {
			mark = "▸ "
		}
		return widget.Fit(s.Marker.Render(mark)+s.Muted.Render(widget.Fit(label, formLabel))+value, width)
	}
	room := width - formLabel - 2
	lines := []string{
		line(nameField, "Name", f.name.View(s, room)),
		line(filterField, "Filter", f.text.View(s, room)),
		f.trouble(width),
		line(verbField, "It", f.verbs(s)),
		"",
		f.outcome(width),
	}
	if rest := grammar(s, width); len(lines)+1+len(rest) <= maxHeight {
		lines = append(append(lines, ""), rest...)
	}
	return strings.Join(lines, "\n")
}

func (f *filterForm) verbs(s *theme.Styles) string {
	show, hide := "(•) shows only these", "( ) hides these"
	if f.hide {
		show, hide = "( ) shows only these", "(•) hides these"
	}
	style := s.Text
	if f.at == verbField {
		style = s.Accent
	}
	return style.Render(show + "   " + hide)
}

// trouble points at what is wrong with the text, under it.
func (f *filterForm) trouble(width int) string {
	if f.err == nil {
		return ""
	}
	return f.p.ctx.Styles.Danger.Render(strings.Repeat(" ", mistakeAt(f.text, f.err, 2+formLabel, width)) + "^")
}

// outcome is how many events the filter lets through, or why it cannot be kept.
func (f *filterForm) outcome(width int) string {
	s := f.p.ctx.Styles
	problem := f.problem()
	switch {
	case problem == errNoText && !f.tried:
		return s.Muted.Render(widget.Fit("  type what it is to look for", width))
	case problem != nil:
		return s.Danger.Render(widget.Fit("  ✗ "+safe.Line(problem.Error(), width-4), width))
	case f.count == nil:
		return ""
	}
	text := "lets " + widget.Count(f.count.Len()) + " of " + widget.Plural(f.p.history.Kept(), "kept event") + " through"
	if !f.count.Done() {
		text += ", counting"
	}
	return s.Muted.Render(widget.Fit("  "+text, width))
}

// Cursor implements page.Dialog.
func (f *filterForm) Cursor() *tea.Cursor {
	var c *tea.Cursor
	switch f.at {
	case nameField:
		c = f.name.Cursor()
	case filterField:
		c = f.text.Cursor()
	}
	if c == nil {
		return nil
	}
	c.X += 2 + formLabel
	c.Y = int(f.at)
	return c
}
