package plot

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/monitor/figures/series"
)

// Line is one line of a plot.
type Line struct {
	Points []series.Stretch
	Sign   string // one cell, drawn at its end and now and then along it; "" for none
}

// Plot is what to draw.
type Plot struct {
	Lines    []Line
	From, To time.Time
	Zone     *time.Location
	// Paint styles a piece of the line with this index; Quiet styles the axes.
	Paint func(line int, text string) string
	Quiet func(text string) string
}

// Draw gives height lines of width cells: the lines with values at their left and times below.
func (p Plot) Draw(width, height int) []string {
	low, high, found := p.reach()
	if !found || width < 20 || height < 4 {
		return nil
	}
	rows := height - 2
	scale := newScale(low, high, rows)
	labels := scale.labels(rows)
	margin := 0
	for _, l := range labels {
		margin = max(margin, ansi.StringWidth(l))
	}
	c := newCanvas(width-margin-2, rows)
	for i := range p.Lines {
		p.draw(c, i, scale)
	}
	out := make([]string, 0, height)
	for row := range rows {
		edge := " │"
		if labels[row] != "" {
			edge = " ┤"
		}
		label := strings.Repeat(" ", margin-ansi.StringWidth(labels[row])) + labels[row]
		out = append(out, p.Quiet(label+edge)+c.line(row, p.paint))
	}
	out = append(out, p.Quiet(strings.Repeat(" ", margin+1)+"└"+strings.Repeat("─", c.width)))
	return append(out, p.Quiet(p.times(margin+2, c.width)))
}

func (p Plot) paint(owner int, text string) string {
	if owner < 0 {
		return text
	}
	return p.Paint(owner, text)
}

// reach is the lowest and the highest value.
func (p Plot) reach() (low, high float64, found bool) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, l := range p.Lines {
		for _, s := range l.Points {
			low, high, found = min(low, s.Min), max(high, s.Max), true
		}
	}
	return low, high, found
}

// draw draws one line: what came in the time of a column of dots as a stroke from its lowest to its highest value, and
// from column to column, unless so much time lies between that something must have been wrong.
func (p Plot) draw(c *canvas, index int, s scale) {
	points := p.Lines[index].Points
	span := p.To.Sub(p.From)
	if len(points) == 0 || span <= 0 {
		return
	}
	column := func(t time.Time) int { return int(float64(t.Sub(p.From)) / float64(span) * float64(2*c.width-1)) }
	gap := breakAfter(points)
	before := points[0]
	x0 := max(0, column(before.Start))
	y0 := s.row(before.First)
	signed := x0
	for i, at := range points {
		x, low, high := max(0, column(at.Start)), s.row(at.Min), s.row(at.Max)
		if i > 0 && at.Start.Sub(before.Start) <= gap {
			c.stroke(x0, y0, x, s.row(at.First), index)
		}
		c.stroke(x, low, x, high, index)
		before, x0, y0 = at, x, s.row(at.Last)
		const apart = 40
		if sign := p.Lines[index].Sign; sign != "" && (x-signed > apart || i == len(points)-1) {
			c.sign(x, y0, index, sign)
			signed = x
		}
	}
}

// breakAfter is the time without a value after which a line is broken: several times what is usual.
func breakAfter(points []series.Stretch) time.Duration {
	const usual = 4
	if len(points) < 3 {
		return math.MaxInt64
	}
	span := points[len(points)-1].Start.Sub(points[0].Start)
	return usual * span / time.Duration(len(points)-1)
}

// times labels the axis below: the beginning, the middle where there is room, and the end.
func (p Plot) times(left, width int) string {
	layout := "15:04:05"
	if p.To.Sub(p.From) > 18*time.Hour {
		layout = "Jan 02 15:04"
	}
	text := func(t time.Time) string { return t.In(p.Zone).Format(layout) }
	from, middle, to := text(p.From), text(p.From.Add(p.To.Sub(p.From)/2)), text(p.To)
	line := strings.Repeat(" ", left) + from
	if room := width - len(from) - len(middle) - len(to); room > 6 {
		line += strings.Repeat(" ", room/2) + middle
	}
	return line + strings.Repeat(" ", max(1, left+width-len(line)-len(to))) + to
}

// Number writes a value in few signs.
func Number(v float64) string {
	switch a := math.Abs(v); {
	case a != 0 && (a < 1e-3 || a >= 1e7):
		return strconv.FormatFloat(v, 'g', 4, 64)
	case a >= 1000 || v == math.Trunc(v):
		return strconv.FormatFloat(v, 'f', 0, 64)
	case a >= 10:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}
