package devices

import (
	"strconv"

	"charm.land/lipgloss/v2"

	"hubscope/device/sim"
	"hubscope/hub"
	"hubscope/ui/devices/roster"
	"hubscope/ui/safe"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

const (
	idColumn = iota
	statusColumn
	connectionColumn
	activityColumn
	queueColumn
	authColumn
	sortable // the number of columns that can be sorted by
)

var columns = []widget.Column{
	idColumn:         {Title: "DEVICE ID", Width: 18, Max: 48, Grow: true},
	statusColumn:     {Title: "STATUS", Width: 8, Rank: 1},
	connectionColumn: {Title: "CONNECTION", Width: 12},
	activityColumn:   {Title: "LAST ACTIVITY", Width: 13, Rank: 2},
	queueColumn:      {Title: "C2D", Width: 5, Right: true, Rank: 3},
	authColumn:       {Title: "AUTHENTICATION", Width: 14, Rank: 4},
}

// Cells implements widget.Source.
func (r *rows) Cells(row int) []widget.Cell {
	s := r.ctx.Styles
	d := r.device(r.slot(row))
	sign, style := r.connection(d, s)
	return []widget.Cell{
		r.idCell(d.DeviceID, s),
		{Text: string(d.Status), Style: statusStyle(d, s)},
		{Text: sign, Style: style},
		{Text: widget.Ago(r.ctx.Time(), d.LastActivity), Style: s.Muted},
		{Text: strconv.Itoa(d.C2DCount), Style: queueStyle(d, s)},
		{Text: authWords(d.Auth.Type), Style: s.Muted},
	}
}

// idCell underlines the letters that are searched for.
func (r *rows) idCell(id string, s *theme.Styles) widget.Cell {
	c := widget.Cell{Text: safe.Line(id, 128), Style: s.Text}
	if r.filter != "" && c.Text == id {
		c.Found = roster.NewQuery(r.filter).Positions(id)
	}
	return c
}

// connection is the hub's word on the device, except while its simulated device
// is between two states that the hub cannot know.
func (r *rows) connection(d hub.Device, s *theme.Styles) (string, lipgloss.Style) {
	if st, ok := r.simulated(d.DeviceID); ok {
		switch st.State {
		case sim.Starting:
			return "… starting", s.Waiting
		case sim.Retrying:
			return "↻ retrying", s.Waiting
		case sim.Stopping:
			return "… stopping", s.Waiting
		case sim.Failed:
			return "✗ failed", s.Danger
		}
	}
	if d.Connected() {
		return "● connected", s.Online
	}
	return "○ offline", s.Offline
}

func statusStyle(d hub.Device, s *theme.Styles) lipgloss.Style {
	if d.Status == hub.Disabled {
		return s.Disabled
	}
	return s.Text
}

func queueStyle(d hub.Device, s *theme.Styles) lipgloss.Style {
	if d.C2DCount > 0 {
		return s.Warning
	}
	return s.Muted
}

func authWords(t hub.AuthType) string {
	switch t {
	case hub.AuthSelfSigned:
		return "X.509 own"
	case hub.AuthCA:
		return "X.509 CA"
	case hub.AuthNone:
		return "none"
	default:
		return "symmetric key"
	}
}
