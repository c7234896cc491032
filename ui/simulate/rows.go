package simulate

import (
	"slices"
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

// rows is the last snapshot of the fleet, in the order of the ids.
type rows struct {
	ctx  *page.Context
	list []sim.Status
	at   map[string]int
}

func (r *rows) set(list []sim.Status) {
	r.list = slices.Clone(list)
	slices.SortFunc(r.list, func(a, b sim.Status) int { return strings.Compare(a.DeviceID, b.DeviceID) })
	clear(r.at)
	for i, s := range r.list {
		r.at[s.DeviceID] = i
	}
}

func (r *rows) selected(t *widget.Table) (sim.Status, bool) {
	i, ok := r.at[t.Key()]
	if !ok {
		return sim.Status{}, false
	}
	return r.list[i], true
}

func (r *rows) running() int {
	n := 0
	for _, s := range r.list {
		if s.State.Running() {
			n++
		}
	}
	return n
}

// totals are those of the head line.
func (r *rows) totals() (sent, acked, failed uint64) {
	for _, s := range r.list {
		sent += s.Accepted
		acked += s.Confirmed
		failed += s.Failed
	}
	return sent, acked, failed
}

// Len implements widget.Source.
func (r *rows) Len() int { return len(r.list) }

// Key is the device id.
func (r *rows) Key(row int) string { return r.list[row].DeviceID }

// Find implements widget.Source.
func (r *rows) Find(id string) int {
	if i, ok := r.at[id]; ok {
		return i
	}
	return -1
}

// Cells implements widget.Source.
func (r *rows) Cells(row int) []widget.Cell {
	s, st := r.ctx.Styles, r.list[row]
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
