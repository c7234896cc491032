package create

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/keys"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// noteWidth is how wide a note is, where there is room.
const noteWidth = 76

// note is a dialog to read: what was made, what is wrong. It scrolls when it has more lines than there is room.
type note struct {
	styles *theme.Styles
	keys   *keys.Map
	title  string
	text   func(width int) []string

	at int // the first line on screen
	// rows and most, the last that at may be, are measured by View: a dialog learns its room nowhere else.
	rows, most int
}

// Title is the heading of the box.
func (n *note) Title() string { return n.title }

// Cursor is hidden.
func (n *note) Cursor() *tea.Cursor { return nil }

// ShortHelp lists what works.
func (n *note) ShortHelp() []key.Binding {
	down, closing := n.keys.Down, n.keys.Confirm
	down.SetHelp("j/k", "more")
	down.SetEnabled(n.most > 0)
	closing.SetHelp("enter", "close")
	return []key.Binding{closing, down}
}

// Update scrolls or closes.
func (n *note) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, false
	}
	if key.Matches(press, n.keys.Confirm, n.keys.Cancel, n.keys.Quit) {
		return nil, true
	}
	if step, moves := n.keys.Step(press, n.rows); moves {
		n.at = max(0, min(n.at+step, n.most))
	}
	return nil, false
}

// View draws what fits.
func (n *note) View(maxWidth, maxHeight int) string {
	width := min(maxWidth, noteWidth)
	lines := n.text(width)
	n.rows, n.most = maxHeight, max(0, len(lines)-maxHeight)
	from := min(n.at, n.most)
	out := lines[from:min(len(lines), from+maxHeight)]
	for i := range out {
		out[i] = widget.Fit(out[i], width)
	}
	return strings.Join(out, "\n")
}
