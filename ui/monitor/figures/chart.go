package figures

import (
	"cmp"
	"math"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"hubscope/ui/monitor/figures/plot"
	"hubscope/ui/monitor/figures/series"
	"hubscope/ui/safe"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// signs tell lines apart without colour; their number is how many are drawn at once.
var signs = [...]string{"●", "▲", "■", "◆", "○", "△"}

func hue(s *theme.Styles, slot int) lipgloss.Style {
	return [len(signs)]lipgloss.Style{s.Accent, s.Success, s.Warning, s.Tags, s.Local, s.Fresh}[slot]
}

// stretches are the spans of time that a chart can show; 0 is all there is.
var stretches = [...]struct {
	span time.Duration
	name string
}{{time.Minute, "1 min"}, {5 * time.Minute, "5 min"}, {15 * time.Minute, "15 min"}, {0, "all"}}

// lineRow is a device in the legend, with what it had over the time that is shown.
type lineRow struct {
	name           string
	slot           int // -1: not drawn
	n              int
	last, low, top float64
	points         []series.Stretch
}

// chartSlots remembers which device has which sign, for as long as the field is the same.
type chartSlots struct {
	of   map[string]int // -1: taken away by hand
	used [len(signs)]bool
}

// slot gives a line its sign when there is one left.
func (c *chartSlots) slot(name string) int {
	if at, known := c.of[name]; known {
		return at
	}
	for at, used := range c.used {
		if !used {
			c.of[name], c.used[at] = at, true
			return at
		}
	}
	return -1
}

// toggle takes a line away or draws it, when there is a sign left.
func (c *chartSlots) toggle(name string) bool {
	if at, known := c.of[name]; known && at >= 0 {
		c.of[name], c.used[at] = -1, false
		return true
	}
	delete(c.of, name)
	return c.slot(name) >= 0
}

// chartTimes is what the chart shows: up to the newest value, or to now as long as there was one a moment ago.
func (p *Panel) chartTimes() (from, to time.Time) {
	first, newest := p.series.Span()
	to = newest
	span := stretches[p.stretch].span
	if now := p.ctx.Time(); span > 0 && now.After(newest) && now.Sub(newest) < span/2 {
		to = now
	}
	if span == 0 {
		span = max(time.Second, to.Sub(first))
	}
	return to.Add(-span), to
}

// refreshChart takes what is to be drawn.
func (p *Panel) refreshChart() {
	if p.series == nil {
		return
	}
	from, to := p.chartTimes()
	p.from, p.to = from, to
	rows := make([]lineRow, 0, len(p.series.Lines()))
	for _, l := range p.series.Lines() {
		if !p.inScope(l.Name) {
			continue
		}
		r := lineRow{name: l.Name, slot: p.slots.slot(l.Name), last: l.Last, low: math.NaN(), top: math.NaN(), points: l.Between(from, to)}
		for i, s := range r.points {
			r.n += s.N
			if i == 0 {
				r.low, r.top = s.Min, s.Max
			}
			r.low, r.top = min(r.low, s.Min), max(r.top, s.Max)
		}
		rows = append(rows, r)
	}
	p.legend.show(rows)
	p.resizeBoards()
}

func (p *Panel) inScope(name string) bool {
	return p.scope == "" || name == p.scope || strings.HasPrefix(name, p.scope+"/")
}

func (p *Panel) newLegendBoard() *board[lineRow] {
	s := p.ctx.Styles
	value := func(title string, rank int, of func(*lineRow) float64) column[lineRow] {
		return number(title, 10, rank, func(r *lineRow) string {
			if r.n == 0 {
				return "-"
			}
			return plot.Number(of(r))
		}, func(a, b *lineRow) int { return cmp.Compare(of(a), of(b)) })
	}
	return newBoard(s, func(r *lineRow) string { return r.name }, 0,
		column[lineRow]{
			Column: widget.Column{Title: "DEVICE", Width: 14, Max: 40, Grow: true},
			text: func(r *lineRow) string {
				sign := " "
				if r.slot >= 0 {
					sign = signs[r.slot]
				}
				return sign + " " + safe.Line(r.name, 60)
			},
			style: func(r *lineRow) lipgloss.Style {
				if r.slot < 0 {
					return s.Muted
				}
				return hue(s, r.slot)
			},
			compare: func(a, b *lineRow) int { return strings.Compare(a.name, b.name) },
		},
		value("LAST", 0, func(r *lineRow) float64 { return r.last }),
		value("MIN", 1, func(r *lineRow) float64 { return r.low }),
		value("MAX", 1, func(r *lineRow) float64 { return r.top }),
		number("VALUES", 8, 2, func(r *lineRow) string { return widget.Count(r.n) }, func(a, b *lineRow) int { return cmp.Compare(a.n, b.n) }),
	)
}

// legendLines is the height of the legend under a chart.
func (p *Panel) legendLines() int {
	if p.legend == nil {
		return 0
	}
	return 1 + max(1, min(p.legend.len(), (p.height-2)/3))
}

// drawChart draws the chart and its legend, height lines.
func (p *Panel) drawChart(height int) []string {
	s := p.ctx.Styles
	var lines []plot.Line
	var slots []int
	for _, r := range p.legend.rows {
		if r.slot >= 0 && len(r.points) > 0 {
			lines, slots = append(lines, plot.Line{Points: r.points, Sign: signs[r.slot]}), append(slots, r.slot)
		}
	}
	chart := plot.Plot{
		Lines: lines, From: p.from, To: p.to, Zone: p.ctx.Zoned(p.to).Location(),
		Paint: func(line int, text string) string { return hue(s, slots[line]).Render(text) },
		Quiet: func(text string) string { return s.Muted.Render(text) },
	}
	room := max(0, height-p.legendLines())
	drawn := chart.Draw(p.width-2, room)
	for i := range drawn {
		drawn[i] = " " + drawn[i]
	}
	if drawn == nil && room > 1 {
		drawn = []string{"", " " + s.Muted.Render("no number in this time: + shows more of it")}
	}
	for len(drawn) < room {
		drawn = append(drawn, "")
	}
	return append(drawn, strings.Split(p.legend.view(s, p.Focused), "\n")...)
}
