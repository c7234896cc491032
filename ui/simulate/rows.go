package simulate

import (
	"strings"

	"charm.land/lipgloss/v2"

	"hubscope/device/sim"
	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

var columns = []widget.Column{
	{Title: "DEVICE", Width: 12, Max: 40, Grow: true},
	{Title: "STATE", Width: 12},
	{Title: "PROFILE", Width: 7, Rank: 4},
	{Title: "EVERY", Width: 7, Right: true},
	{Title: "SENT", Width: 7, Right: true},
	{Title: "ACKED", Width: 7, Right: true},
	{Title: "FAILED", Width: 6, Right: true, Rank: 1},
	{Title: "RTT p50/p99", Width: 12, Right: true, Rank: 2},
	{Title: "LAST", Width: 20, Grow: true, Rank: 3},
}

// rows are the simulated devices in the order of their ids, or those that do not do
// well, the worst first. How one of them stands is asked of the fleet when it is
// drawn: there may be ten thousand.
type rows struct {
	ctx    *page.Context
	fleet  Fleet
	filter string
	all    []string // as the fleet gave them
	list   []string
	at     map[string]int
	ailing bool
	ill    []sim.Ailing
	reason map[string]string // of the ailing
}

func newRows(ctx *page.Context, fleet Fleet) *rows {
	return &rows{ctx: ctx, fleet: fleet, at: map[string]int{}, reason: map[string]string{}}
}

// read takes the devices of the fleet in, when they have changed.
func (r *rows) read() {
	all := r.fleet.IDs()
	same := len(all) == len(r.all) && (len(all) == 0 || &all[0] == &r.all[0])
	if r.ailing || !same {
		r.all = all
		r.arrange()
	}
}

// worst takes in which devices do not do well.
func (r *rows) worst(list []sim.Ailing) {
	r.ill = list
	clear(r.reason)
	for _, a := range list {
		r.reason[a.DeviceID] = a.Reason
	}
	if r.ailing {
		r.arrange()
	}
}

func (r *rows) arrange() {
	r.list = r.list[:0]
	if r.ailing {
		for _, a := range r.ill {
			r.take(a.DeviceID)
		}
	} else {
		for _, id := range r.all {
			r.take(id)
		}
	}
	clear(r.at)
	for i, id := range r.list {
		r.at[id] = i
	}
}

func (r *rows) take(id string) {
	if r.filter == "" || strings.Contains(strings.ToLower(id), r.filter) {
		r.list = append(r.list, id)
	}
}

func (r *rows) selected(t *widget.Table) (sim.Status, bool) {
	if t.Key() == "" {
		return sim.Status{}, false
	}
	return r.fleet.One(t.Key())
}

// Len implements widget.Source.
func (r *rows) Len() int { return len(r.list) }

// Key is the device id.
func (r *rows) Key(row int) string { return r.list[row] }

// Find implements widget.Source.
func (r *rows) Find(id string) int {
	if i, ok := r.at[id]; ok {
		return i
	}
	return -1
}

// Cells implements widget.Source.
func (r *rows) Cells(row int) []widget.Cell {
	s := r.ctx.Styles
	st, _ := r.fleet.One(r.list[row])
	state, style := stateWords(st, s)
	failed := s.Muted
	if st.Failed > 0 {
		failed = s.Danger
	}
	return []widget.Cell{
		{Text: safe.Line(st.DeviceID, 128), Style: s.Text},
		{Text: state + faultSign(st), Style: style},
		{Text: safe.Line(st.Profile, 32), Style: s.Muted},
		{Text: widget.Interval(st.Interval), Style: s.Text},
		{Text: widget.Count(st.Accepted), Style: s.Text},
		{Text: widget.Count(st.Confirmed), Style: s.Text},
		{Text: widget.Count(st.Failed), Style: failed},
		{Text: roundTrips(st), Style: s.Text},
		{Text: lastWords(st), Style: lastStyle(st, s)},
	}
}

func stateWords(st sim.Status, s *theme.Styles) (string, lipgloss.Style) {
	switch st.State {
	case sim.Starting:
		return "… starting", s.Waiting
	case sim.Sending:
		return "● sending", s.Online
	case sim.Retrying:
		return "↻ retrying", s.Waiting
	case sim.Stopping:
		return "… stopping", s.Waiting
	case sim.Failed:
		return "✗ failed", s.Danger
	case sim.Silent:
		return "◌ silent", s.Offline
	default:
		return "○ stopped", s.Offline
	}
}

// faultSign marks a device that does not behave, as asked.
func faultSign(st sim.Status) string {
	if len(st.Faults) == 0 {
		return ""
	}
	return " ⚡"
}

func roundTrips(st sim.Status) string {
	if st.RTTp50 <= 0 {
		return "-"
	}
	return widget.Millis(st.RTTp50) + " / " + widget.Millis(st.RTTp99) + " ms"
}

// lastWords is the last message, or what is wrong when something is.
func lastWords(st sim.Status) string {
	switch {
	case st.Err != nil && (st.State == sim.Failed || st.State == sim.Retrying):
		sentence, _ := hub.Explain(st.Err)
		if st.State == sim.Retrying && st.RetryIn > 0 {
			sentence = "next try in " + widget.Span(st.RetryIn) + ": " + sentence
		}
		return safe.Line(sentence, 300)
	case len(st.LastBody) == 0:
		return "-"
	default:
		return safe.Bytes(st.LastBody, 300)
	}
}

func lastStyle(st sim.Status, s *theme.Styles) lipgloss.Style {
	switch st.State {
	case sim.Failed:
		return s.Danger
	case sim.Retrying:
		return s.Waiting
	default:
		return s.Muted
	}
}
