// Package theme gives the screen its colours: semantic styles made from one of
// three palettes. Pages name what a thing is (Online, Danger), never a hue.
package theme

import "charm.land/lipgloss/v2"

// Mode is one set of colours.
type Mode int

// The modes. Mono uses no colour at all: bold, reverse, faint and words carry it.
const (
	Dark Mode = iota
	Light
	Mono
)

// Styles are the semantic styles. None sets a width, padding or margin, so
// Render(s) is always as wide as s.
type Styles struct {
	Mode Mode

	Text, Muted, Strong, Accent  lipgloss.Style
	Brand, Local, Title, Heading lipgloss.Style // Heading: column heads
	Rule, RuleActive             lipgloss.Style // lines between panes
	Tab, TabActive               lipgloss.Style
	Key, Desc                    lipgloss.Style // help: the key and what it does

	Success, Warning, Danger, Info lipgloss.Style
	Online, Offline, Disabled      lipgloss.Style // states of devices and streams
	Live, Waiting, Stopped         lipgloss.Style

	Selected, SelectedBlur lipgloss.Style // the row under the cursor, with and without focus
	Marker                 lipgloss.Style // the ▸ before it
	Match                  lipgloss.Style // what a filter or search found
	Fresh                  lipgloss.Style // a row or value that has just changed
	Cursor, Placeholder    lipgloss.Style
	Field, FieldFocus      lipgloss.Style

	Desired, Reported, Tags                              lipgloss.Style
	JSONKey, JSONString, JSONNumber, JSONWord, JSONPunct lipgloss.Style
	Added, Removed                                       lipgloss.Style

	Spark lipgloss.Style
}

// New returns the styles of a mode.
func New(mode Mode) Styles {
	switch mode {
	case Mono:
		return mono()
	case Light:
		return coloured(Light, lightPalette)
	default:
		return coloured(Dark, darkPalette)
	}
}
