package rows

import (
	"charm.land/lipgloss/v2"

	"hubscope/ui/monitor/paint"
	"hubscope/ui/theme"
)

// rowPens draw a row: plain, or under the cursor.
type rowPens struct {
	marker, time, device, place, number, body, note, properties, match, blank paint.Pen
}

func newRowPens(s *theme.Styles, over lipgloss.Style) rowPens {
	on := func(style lipgloss.Style) paint.Pen { return paint.NewPen(style.Inherit(over)) }
	return rowPens{
		marker: on(s.Marker), time: on(s.Muted), device: on(s.Accent), place: on(s.Muted), number: on(s.Muted),
		body: on(s.Text), note: on(s.Info), properties: on(s.Muted), match: on(s.Match), blank: paint.NewPen(over),
	}
}
