package method

import (
	"strconv"
	"time"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

var callColumns = []widget.Column{
	{Title: "TIME", Width: 8},
	{Title: "METHOD", Width: 10, Max: 40, Grow: true},
	{Title: "STATUS", Width: 11},
	{Title: "TOOK", Width: 8, Right: true},
}

// calls is the history of a desk as a table.
type calls struct {
	ctx *page.Context
	d   *desk
}

func keyOf(e *entry) string { return strconv.Itoa(e.serial) }

// Len implements widget.Source.
func (c *calls) Len() int { return len(c.d.history) }

// Key implements widget.Source.
func (c *calls) Key(row int) string { return keyOf(c.d.history[row]) }

// Find implements widget.Source.
func (c *calls) Find(key string) int {
	for i, e := range c.d.history {
		if keyOf(e) == key {
			return i
		}
	}
	return -1
}

// Cells implements widget.Source.
func (c *calls) Cells(row int) []widget.Cell {
	s, e := c.ctx.Styles, c.d.history[row]
	status := widget.Cell{Text: "… waiting", Style: s.Waiting}
	took := "-"
	switch {
	case !e.ended:
	case e.trouble != nil:
		status, took = widget.Cell{Text: "✗ " + e.trouble.short, Style: s.Danger}, duration(e.took)
	default:
		status, took = widget.Cell{Text: sign(e.result.Status) + strconv.Itoa(e.result.Status), Style: s.Success}, duration(e.took)
		if !fine(e.result.Status) {
			status.Style = s.Warning
		}
	}
	return []widget.Cell{
		{Text: c.ctx.Zoned(e.began).Format("15:04:05"), Style: s.Muted},
		{Text: safe.Line(e.call.Name, 40), Style: s.Text},
		status,
		{Text: took, Style: s.Muted},
	}
}

// fine is what devices mean by success, as a rule.
func fine(status int) bool { return status >= 200 && status < 300 }

func sign(status int) string {
	if fine(status) {
		return "✓ "
	}
	return "⚠ "
}

// duration is how long a call took: "0.4 ms", "12 ms", "1.3 s", "2 min".
func duration(d time.Duration) string {
	switch {
	case d <= 0:
		return "0 ms"
	case d < time.Second:
		return widget.Millis(d) + " ms"
	case d < time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	}
	return widget.Span(d)
}
