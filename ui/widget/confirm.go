package widget

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/theme"
)

// Confirm is a dialog that asks one question about something that cannot be
// taken back.
type Confirm struct {
	styles   *theme.Styles
	title    string
	question string
	detail   []string
	yes, no  key.Binding
	action   tea.Cmd
}

// NewConfirm asks question; verb names what y does, action is run by it. The
// texts must be harmless.
func NewConfirm(s *theme.Styles, title, question, verb string, action tea.Cmd, detail ...string) *Confirm {
	return &Confirm{
		styles: s, title: title, question: question, detail: detail, action: action,
		yes: key.NewBinding(key.WithKeys("y", "Y"), key.WithHelp("y", verb)),
		no:  key.NewBinding(key.WithKeys("n", "esc", "q"), key.WithHelp("esc", "cancel")),
	}
}

// Title is the heading of the box.
func (c *Confirm) Title() string { return c.title }

// ShortHelp lists the two answers.
func (c *Confirm) ShortHelp() []key.Binding { return []key.Binding{c.yes, c.no} }

// Grace keeps a key that was typed before the question was seen from answering it.
func (c *Confirm) Grace() time.Duration { return 250 * time.Millisecond }

// Cursor is hidden.
func (c *Confirm) Cursor() *tea.Cursor { return nil }

// Update takes the answer.
func (c *Confirm) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, false
	}
	switch {
	case key.Matches(press, c.yes):
		return c.action, true
	case key.Matches(press, c.no):
		return nil, true
	}
	return nil, false
}

// View draws the question.
func (c *Confirm) View(maxWidth, maxHeight int) string {
	width := min(maxWidth, 60)
	var lines []string
	for _, l := range Wrap(c.question, width) {
		lines = append(lines, c.styles.Strong.Render(l))
	}
	for _, d := range c.detail {
		for _, l := range Wrap(d, width) {
			lines = append(lines, c.styles.Muted.Render(l))
		}
	}
	if len(lines) > maxHeight {
		lines = lines[:maxHeight]
	}
	return strings.Join(lines, "\n")
}
