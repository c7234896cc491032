package widget

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/keys"
	"hubscope/ui/theme"
)

// Typed is a dialog that asks about something that cannot be taken back, and wants a
// word or a number typed: a single key is too easily pressed for it.
type Typed struct {
	styles   *theme.Styles
	title    string
	question string
	want     string
	detail   []string
	input    *Filter
	yes, no  key.Binding
	action   tea.Cmd
}

// NewTyped asks question; verb names what enter does once want is typed, action is run
// by it. The texts must be harmless.
func NewTyped(s *theme.Styles, k *keys.Map, title, question, want, verb string, action tea.Cmd, detail ...string) *Typed {
	t := &Typed{
		styles: s, title: title, question: question, want: want, detail: detail, action: action,
		input: NewFilter("▸ ", ""), yes: k.Confirm, no: k.Cancel,
	}
	t.yes.SetHelp("enter", verb)
	t.input.Focus()
	return t
}

// Title is the heading of the box.
func (t *Typed) Title() string { return t.title }

// good says whether what was typed is what is wanted. Space around it does not count.
func (t *Typed) good() bool { return strings.TrimSpace(t.input.Value()) == t.want }

// ShortHelp lists the two answers; enter only when it does something.
func (t *Typed) ShortHelp() []key.Binding {
	yes := t.yes
	yes.SetEnabled(t.good())
	return []key.Binding{yes, t.no}
}

// Grace keeps a key that was typed before the question was seen from being part of the answer.
func (t *Typed) Grace() time.Duration { return 250 * time.Millisecond }

// Update types, answers or leaves.
func (t *Typed) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return t.input.Update(msg), false
	}
	switch {
	case key.Matches(press, t.no):
		return nil, true
	case !key.Matches(press, t.yes):
		return t.input.Update(msg), false
	case t.good():
		return t.action, true
	}
	return nil, false
}

// View draws the question, the line for the answer, and the details: those give way
// when there is little room.
func (t *Typed) View(maxWidth, maxHeight int) string {
	width := min(maxWidth, formWidth)
	var lines []string
	for _, l := range Wrap(t.question, width) {
		lines = append(lines, t.styles.Strong.Render(Fit(l, width)))
	}
	lines = append(lines, t.answer(width)...)
	for _, d := range t.detail {
		for _, l := range Wrap(d, width) {
			lines = append(lines, t.styles.Muted.Render(Fit(l, width)))
		}
	}
	return strings.Join(lines[:min(len(lines), max(0, maxHeight))], "\n")
}

// answer always has the same height, so that the box keeps its own.
func (t *Typed) answer(width int) []string {
	s, note := t.styles, ""
	switch {
	case t.good():
		note = s.Muted.Render("  enter: " + t.yes.Help().Desc)
	case !strings.HasPrefix(t.want, strings.TrimSpace(t.input.Value())):
		note = s.Danger.Render(Fit("  ✗ not what is asked for", width))
	}
	ask := s.Text.Render("Type ") + s.Strong.Render(t.want) + s.Text.Render(" to "+t.yes.Help().Desc+":")
	return []string{"", Fit(ask, width), t.input.View(s, width), note}
}

// Cursor is in the line that is typed into.
func (t *Typed) Cursor() *tea.Cursor {
	c := t.input.Cursor()
	if c != nil {
		c.Y += len(Wrap(t.question, formWidth)) + 2
	}
	return c
}
