package c2d

import (
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

var sentColumns = []widget.Column{
	{Title: "SENT", Width: 8},
	{Title: "MESSAGE", Width: 10, Max: 90, Grow: true},
	{Title: "BYTES", Width: 6, Right: true, Rank: 2},
	{Title: "ASKS", Width: 8, Rank: 1},
	{Title: "STATE", Width: 14},
}

// sent is the history of a desk as a table.
type sent struct {
	ctx *page.Context
	d   *desk
}

func keyOf(e *entry) string { return strconv.Itoa(e.serial) }

// Len implements widget.Source.
func (c *sent) Len() int { return len(c.d.history) }

// Key implements widget.Source.
func (c *sent) Key(row int) string { return keyOf(c.d.history[row]) }

// Find implements widget.Source.
func (c *sent) Find(key string) int {
	for i, e := range c.d.history {
		if keyOf(e) == key {
			return i
		}
	}
	return -1
}

// Cells implements widget.Source.
func (c *sent) Cells(row int) []widget.Cell {
	s, e := c.ctx.Styles, c.d.history[row]
	asks := string(e.draft.Ack)
	if !e.draft.Ack.Asks() {
		asks = "nothing"
	}
	g, state := e.look()
	return []widget.Cell{
		{Text: c.ctx.Zoned(e.began).Format("15:04:05"), Style: s.Muted},
		{Text: safe.Line(e.brief(), 90), Style: s.Text},
		{Text: widget.Count(e.size), Style: s.Muted},
		{Text: asks, Style: s.Muted},
		{Text: state, Style: g.style(c.ctx)},
	}
}

// brief is the body on a line.
func (e *entry) brief() string {
	switch {
	case e.draft.file != "":
		return e.draft.file
	case e.gone:
		return "(not kept)"
	case len(e.draft.Body) == 0:
		return "(empty)"
	}
	body := e.draft.Body[:min(len(e.draft.Body), 400)]
	return strings.Join(strings.Fields(string(body)), " ")
}

// grade is how good a piece of news is.
type grade int

const (
	normal grade = iota
	muted
	busyGrade
	good
	warn
	bad
)

func (g grade) style(ctx *page.Context) lipgloss.Style {
	s := ctx.Styles
	switch g {
	case muted:
		return s.Muted
	case busyGrade:
		return s.Waiting
	case good:
		return s.Success
	case warn:
		return s.Warning
	case bad:
		return s.Danger
	}
	return s.Text
}

// look is the state of a message in a word or two.
func (e *entry) look() (grade, string) {
	switch e.fate {
	case sending:
		return busyGrade, "… sending"
	case failed:
		if e.trouble.unknown {
			return warn, "? unknown"
		}
		return bad, "✗ " + e.trouble.short
	case queued:
		if !e.draft.Ack.Asks() {
			return muted, "? not asked"
		}
		return busyGrade, "… queued"
	case delivered:
		return good, "✓ delivered"
	case rejected:
		return bad, "✗ rejected"
	case expired:
		return warn, "✗ expired"
	case purged:
		return warn, "✗ purged"
	case givenUp:
		return bad, "✗ given up"
	case silent:
		return muted, "? no feedback"
	}
	return warn, "⚠ " + safe.Line(e.record.StatusCode, 11)
}
