package widget

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/keys"
	"hubscope/ui/theme"
)

// Choice is one line of a menu.
type Choice struct {
	Key   string // one key that takes it at once
	Label string
	Hint  string // shown behind the label; harmless text
	Run   tea.Cmd
}

// Menu is a dialog that offers choices: by arrow and enter, or by their key.
type Menu struct {
	styles  *theme.Styles
	keys    *keys.Map
	title   string
	choices []Choice
	at      int
}

// NewMenu returns a menu with the first choice under the cursor.
func NewMenu(s *theme.Styles, k *keys.Map, title string, choices ...Choice) *Menu {
	return &Menu{styles: s, keys: k, title: title, choices: choices}
}

// Title is the heading of the box.
func (m *Menu) Title() string { return m.title }

// Cursor is hidden.
func (m *Menu) Cursor() *tea.Cursor { return nil }

// ShortHelp lists what works in the menu.
func (m *Menu) ShortHelp() []key.Binding {
	return []key.Binding{m.keys.Down, m.keys.Confirm, m.keys.Cancel}
}

// Update moves, takes or leaves.
func (m *Menu) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, false
	}
	// Moving comes first: the same key does the same in all menus.
	switch {
	case key.Matches(press, m.keys.Up):
		m.at = (m.at + len(m.choices) - 1) % max(1, len(m.choices))
		return nil, false
	case key.Matches(press, m.keys.Down):
		m.at = (m.at + 1) % max(1, len(m.choices))
		return nil, false
	}
	for _, c := range m.choices {
		if press.String() == c.Key {
			return c.Run, true
		}
	}
	switch {
	case key.Matches(press, m.keys.Cancel, m.keys.Quit):
		return nil, true
	case key.Matches(press, m.keys.Confirm) && len(m.choices) > 0:
		return m.choices[m.at].Run, true
	}
	return nil, false
}

// View draws the choices.
func (m *Menu) View(maxWidth, maxHeight int) string {
	label, hint := 0, 0
	for _, c := range m.choices {
		label = max(label, ansi.StringWidth(c.Label))
		hint = max(hint, ansi.StringWidth(c.Hint))
	}
	width := min(maxWidth, 2+3+label+2+hint+1)
	lines := make([]string, 0, len(m.choices))
	for i, c := range m.choices {
		lines = append(lines, m.line(c, i == m.at, label, width))
	}
	from := max(0, m.at-maxHeight+1)
	return strings.Join(lines[from:min(len(lines), from+maxHeight)], "\n")
}

func (m *Menu) line(c Choice, selected bool, label, width int) string {
	s := m.styles
	over, mark := s.Text.UnsetForeground(), "  "
	if selected {
		over, mark = s.Selected, "▸ "
	}
	text := s.Marker.Inherit(over).Render(mark) +
		s.Key.Inherit(over).Render(Fit(c.Key, 3)) +
		s.Text.Inherit(over).Render(Fit(c.Label, label)+"  ")
	text += s.Muted.Inherit(over).Render(Fit(c.Hint, max(0, width-ansi.StringWidth(text))))
	return Fit(text, width)
}
