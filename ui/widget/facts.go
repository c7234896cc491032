package widget

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/theme"
)

// Fact is one line of a list of facts. A wrapped one goes on in the next line rather
// than being cut: keys are to be read whole. Prose is wrapped between its words. Its texts
// must be harmless.
type Fact struct {
	Label, Value   string
	Style          lipgloss.Style
	Wrapped, Prose bool
}

// lines are those of the value in so many cells.
func (f Fact) lines(room int) []string {
	switch {
	case f.Prose:
		return Wrap(f.Value, room)
	case f.Wrapped:
		return strings.Split(ansi.Hardwrap(f.Value, room, true), "\n")
	}
	return []string{ansi.Truncate(f.Value, room, "…")}
}

// Facts draws facts with their labels in a column of so many cells.
func Facts(s *theme.Styles, facts []Fact, labels, width int) []string {
	room := max(8, width-labels-3)
	var out []string
	for _, f := range facts {
		label := " " + s.Muted.Render(Fit(f.Label, labels)) + " "
		for i, part := range f.lines(room) {
			if i > 0 {
				label = strings.Repeat(" ", labels+2)
			}
			out = append(out, label+f.Style.Render(part))
		}
	}
	return out
}
