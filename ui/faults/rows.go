package faults

import (
	"cmp"
	"math"
	"strconv"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

var columns = []widget.Column{
	{Title: "FAULT", Width: 16},
	{Title: "DEVICES", Width: 8, Max: 40, Grow: true},
	{Title: "PROTOCOL", Width: 8, Rank: 2},
	{Title: "OPERATION", Width: 14, Rank: 1},
	{Title: "STRIKES", Width: 9},
	{Title: "HITS", Width: 7, Right: true},
	{Title: "ENDS", Width: 10},
}

// rows is the list as it was last read.
type rows struct {
	ctx  *page.Context
	list []hub.ActiveFault
}

// active is how many can still strike.
func (r *rows) active() int {
	n := 0
	for _, f := range r.list {
		if !f.Over {
			n++
		}
	}
	return n
}

func (r *rows) selected(t *widget.Table) (hub.ActiveFault, bool) {
	i := r.Find(t.Key())
	if i < 0 {
		return hub.ActiveFault{}, false
	}
	return r.list[i], true
}

// Len implements widget.Source.
func (r *rows) Len() int { return len(r.list) }

// Key is the id that the hub gave.
func (r *rows) Key(row int) string { return idKey(r.list[row].ID) }

// Find implements widget.Source.
func (r *rows) Find(key string) int {
	for i, f := range r.list {
		if idKey(f.ID) == key {
			return i
		}
	}
	return -1
}

// Cells implements widget.Source.
func (r *rows) Cells(row int) []widget.Cell {
	s, f := r.ctx.Styles, r.list[row]
	name, text, hits := s.Warning, s.Text, s.Text
	if f.Over {
		name, text, hits = s.Muted, s.Muted, s.Muted
	}
	return []widget.Cell{
		{Text: safe.Line(nameOf(f.Fault), 40), Style: name},
		{Text: safe.Line(cmp.Or(f.Device, "all"), 256), Style: text},
		{Text: safe.Line(cmp.Or(f.Protocol, "all"), 16), Style: text},
		{Text: safe.Line(cmp.Or(f.Operation, "all"), 24), Style: text},
		{Text: strikesOf(f.Fault), Style: text},
		{Text: widget.Count(f.Hits), Style: hits},
		{Text: endOf(f), Style: text},
	}
}

// nameOf is the kind with its own figure.
func nameOf(f hub.Fault) string {
	switch {
	case f.Kind == hub.FaultLatency && f.Delay > 0:
		return "latency " + widget.Interval(f.Delay)
	case f.Kind == hub.FaultExpire && f.After > 0:
		return "expire in " + widget.Interval(f.After)
	}
	return string(f.Kind)
}

// strikesOf is how often a fault strikes.
func strikesOf(f hub.Fault) string {
	switch {
	case f.Every > 0:
		return "1 in " + widget.Count(f.Every)
	case f.Rate > 0 && f.Rate < 1:
		return strconv.FormatFloat(math.Round(f.Rate*1e6)/1e4, 'g', 5, 64) + " %"
	}
	return "always"
}

// endOf is when a fault is over: by time, by hits, by whichever comes first.
func endOf(f hub.ActiveFault) string {
	left := max(0, f.Count-f.Hits)
	switch {
	case f.Over:
		return "ended"
	case f.Left > 0:
		return "in " + widget.Span(f.Left)
	case f.Count > 0:
		return "in " + widget.Plural(left, "hit")
	}
	return "never"
}

// describe is a fault in a line, for reports.
func describe(f hub.Fault) string {
	text := nameOf(f)
	if f.Operation != "" {
		text += " of " + f.Operation
	}
	if f.Device != "" {
		text += " for " + f.Device
	}
	if f.Protocol != "" {
		text += " over " + f.Protocol
	}
	return safe.Inline(text + ", " + strikesOf(f))
}
