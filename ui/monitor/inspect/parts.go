package inspect

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"hubscope/hub/events/payload"
	"hubscope/ui/monitor/paint"
)

// view is a part of an open event.
type view int

const (
	bodyView view = iota
	changesView
	applicationView
	systemView
	rawView
	hexView
	views
)

// document lays out the part that is looked at.
func (in *Inspector) document() paint.Document {
	width := in.textWidth()
	switch in.view {
	case changesView:
		return in.changesDocument(width)
	case applicationView:
		return fieldsDocument(applicationFields(&in.Event), width)
	case systemView:
		return fieldsDocument(systemFields(&in.Event), width)
	case rawView:
		return paint.NewPlain(string(in.Event.Body), width)
	case hexView:
		return paint.NewHex(in.Event.Body, width)
	}
	return in.bodyDocument(width)
}

func (in *Inspector) bodyDocument(width int) paint.Document {
	switch in.body.Form {
	case payload.JSON:
		if in.asText {
			return paint.NewJSON(in.body.Data, width)
		}
		return newTreeDocument(in.tree, in.diff, width)
	case payload.Text:
		return paint.NewPlain(string(in.body.Data[:min(len(in.body.Data), largest)]), width)
	case payload.Empty:
		return &paint.Text{}
	}
	return paint.NewHex(in.body.Data, width)
}

// Turn goes to the next or previous part.
func (in *Inspector) Turn(n int) { in.turnTo((in.view + view(n) + views) % views) }

func (in *Inspector) turnTo(v view) {
	in.view = v
	in.top, in.cursor = 0, 0
	in.layOut()
}

// ToggleText shows JSON laid out as text, or as a tree again.
func (in *Inspector) ToggleText() {
	in.asText = !in.asText
	in.turnTo(bodyView)
}

// names are those of the parts. Numbers are told where there is room.
func (in *Inspector) names() [views]string {
	return [views]string{
		bodyView: "Body", changesView: "Changes", applicationView: fmt.Sprintf("Application %d", len(in.Event.Application)),
		systemView: "System", rawView: "Raw", hexView: "Hex",
	}
}

const partGap = 2

// parts names the parts of an event, the one that is looked at stands out.
func (in *Inspector) parts() string {
	s := in.ctx.Styles
	parts := make([]string, 0, views)
	for i, name := range in.names() {
		style := s.Tab
		if view(i) == in.view {
			style = s.TabActive
		}
		parts = append(parts, style.Render(name))
	}
	return " " + strings.Join(parts, strings.Repeat(" ", partGap))
}

// partAt is the part whose name is at a column.
func (in *Inspector) partAt(x int) (view, bool) {
	from := 1
	for i, name := range in.names() {
		to := from + lipgloss.Width(name)
		if x >= from && x < to {
			return view(i), true
		}
		from = to + partGap
	}
	return 0, false
}

func (in *Inspector) nothing() string {
	if in.view == applicationView {
		return "no application properties"
	}
	return "the body is empty"
}
