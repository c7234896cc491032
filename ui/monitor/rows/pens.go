package rows

import (
	"charm.land/lipgloss/v2"

	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/theme"
)

// rowPens draw a row: plain, or under the cursor.
type rowPens struct {
	sources [history.Upload + 1]paint.Pen

	marker, time, device, place, number, body, properties, match, blank paint.Pen
}

func newRowPens(s *theme.Styles, over lipgloss.Style) rowPens {
	on := func(style lipgloss.Style) paint.Pen { return paint.NewPen(style.Inherit(over)) }
	return rowPens{
		sources: [...]paint.Pen{
			history.OtherSource: on(s.Info), history.Telemetry: on(s.Muted), history.TwinChange: on(s.Desired),
			history.Lifecycle: on(s.Fresh), history.Connection: on(s.Online), history.DigitalTwin: on(s.Tags),
			history.Feedback: on(s.Waiting), history.Upload: on(s.Local),
		},
		marker: on(s.Marker), time: on(s.Muted), device: on(s.Accent), place: on(s.Muted), number: on(s.Muted),
		body: on(s.Text), properties: on(s.Muted), match: on(s.Match), blank: paint.NewPen(over),
	}
}

// source is the pen for the name of a source.
func (p *rowPens) source(s history.Source) paint.Pen { return p.sources[s] }
