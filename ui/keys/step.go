package keys

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// End is a step that is longer than any list.
const End = 1 << 30

// Step is how far a key moves in a list or a text of which so many lines can be seen:
// down when it is positive, to the first or the last line when it is -End or End. ok
// tells whether the key is one that moves.
func (m *Map) Step(msg tea.KeyPressMsg, rows int) (n int, ok bool) {
	screen := max(1, rows-1)
	switch {
	case key.Matches(msg, m.Up):
		return -1, true
	case key.Matches(msg, m.Down):
		return 1, true
	case key.Matches(msg, m.PageUp):
		return -screen, true
	case key.Matches(msg, m.PageDown):
		return screen, true
	case key.Matches(msg, m.HalfUp):
		return -max(1, screen/2), true
	case key.Matches(msg, m.HalfDown):
		return max(1, screen/2), true
	case key.Matches(msg, m.Top):
		return -End, true
	case key.Matches(msg, m.Bottom):
		return End, true
	}
	return 0, false
}
