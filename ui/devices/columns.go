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

// column is one that can be shown.
type column struct {
	name string // as the file of the choice has it; a path, when it is of the twin
	is   string // in words
	by   roster.By
	widget.Column
	cell func(r *rows, d hub.Device, e roster.Entry) widget.Cell
}

// fixed are the columns that need no member of the twin. The first is always there.
var fixed = []column{
	{"id", "Device id", roster.ByID, widget.Column{Title: "DEVICE ID", Width: 18, Max: 48, Grow: true}, (*rows).idCell},
	{"status", "Status", roster.ByStatus, widget.Column{Title: "STATUS", Width: 8, Rank: 1}, func(r *rows, d hub.Device, _ roster.Entry) widget.Cell {
		return widget.Cell{Text: string(d.Status), Style: statusStyle(d, r.ctx.Styles)}
	}},
	{"connection", "Connection", roster.ByConnection, widget.Column{Title: "CONNECTION", Width: 12}, func(r *rows, d hub.Device, _ roster.Entry) widget.Cell {
		sign, style := r.connection(d, r.ctx.Styles)
		return widget.Cell{Text: sign, Style: style}
	}},
	{"activity", "Last activity", roster.ByActivity, widget.Column{Title: "LAST ACTIVITY", Width: 13, Rank: 2}, func(r *rows, d hub.Device, _ roster.Entry) widget.Cell {
		return widget.Cell{Text: widget.Ago(r.ctx.Time(), d.LastActivity), Style: r.ctx.Styles.Muted}
	}},
	{"c2d", "C2D waiting", roster.ByQueue, widget.Column{Title: "C2D", Width: 5, Right: true, Rank: 3}, func(r *rows, d hub.Device, _ roster.Entry) widget.Cell {
		return widget.Cell{Text: strconv.Itoa(d.C2DCount), Style: queueStyle(d, r.ctx.Styles)}
	}},
	{"authentication", "Authentication", roster.ByAuth, widget.Column{Title: "AUTHENTICATION", Width: 14, Rank: 4}, func(r *rows, d hub.Device, _ roster.Entry) widget.Cell {
		return widget.Cell{Text: authWords(d.Auth.Type), Style: r.ctx.Styles.Muted}
	}},
	{"edge", "IoT Edge", roster.ByEdge, widget.Column{Title: "EDGE", Width: 6, Rank: 3}, func(r *rows, d hub.Device, _ roster.Entry) widget.Cell {
		return widget.Cell{Text: map[bool]string{true: "edge"}[d.IoTEdge], Style: r.ctx.Styles.Text}
	}},
}

// ofIdentity are paths with a column of a name of its own: these are of the identity.
var ofIdentity = []struct{ path, is, title string }{
	{"statusReason", "Status reason", "REASON"},
	{"deviceScope", "Scope", "SCOPE"},
	{"modelId", "Model", "MODEL"},
}

// pathColumn is the n-th column of a member of the twin.
func pathColumn(path string, n int) column {
	title := path
	for _, f := range ofIdentity {
		if f.path == path {
			title = f.title
		}
	}
	title = safe.Line(title, 30)
	return column{
		name: path, is: path, by: roster.ByValue + roster.By(n),
		Column: widget.Column{Title: title, Width: max(8, min(len(title)+2, 24)), Rank: 1},
		cell: func(r *rows, _ hub.Device, e roster.Entry) widget.Cell {
			text := ""
			if n < len(e.Values) {
				text = safe.Line(e.Values[n], 64)
			}
			return widget.Cell{Text: text, Style: r.ctx.Styles.Text}
		},
	}
}

// Cells implements widget.Source.
func (r *rows) Cells(row int) []widget.Cell {
	slot := r.slot(row)
	d, e := r.device(slot), r.held.Entry(slot)
	cells := make([]widget.Cell, len(r.columns))
	for i, c := range r.columns {
		cells[i] = c.cell(r, d, e)
	}
	return cells
}

// idCell underlines the letters that are searched for.
func (r *rows) idCell(d hub.Device, _ roster.Entry) widget.Cell {
	id := d.DeviceID
	c := widget.Cell{Text: safe.Line(id, 128), Style: r.ctx.Styles.Text}
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
