package figures

import (
	"cmp"
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"hubscope/ui/monitor/figures/values"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// countRow is a value with its number, and its share of the most frequent one.
type countRow struct {
	text  string
	n     uint64
	share float64 // of all
	bar   float64 // of the greatest
}

func countRows(c *values.Counts) []countRow {
	all := c.All()
	rows := make([]countRow, 0, len(all))
	for _, v := range all {
		rows = append(rows, countRow{v.Text, v.N, float64(v.N) / float64(max(1, c.Total)), float64(v.N) / float64(all[0].N)})
	}
	return rows
}

func (p *Panel) newCountBoard() *board[countRow] {
	s := p.ctx.Styles
	bar := max(8, min(40, p.width/3))
	byCount := func(a, b *countRow) int { return cmp.Compare(a.n, b.n) }
	return newBoard(s, func(r *countRow) string { return r.text }, 1,
		column[countRow]{
			Column: widget.Column{Title: "VALUE", Width: 12, Grow: true},
			text: func(r *countRow) string {
				if r.text == "" {
					return `""`
				}
				return safe.Line(r.text, 120)
			},
			compare: func(a, b *countRow) int { return compareTexts(a.text, b.text) },
		},
		number("COUNT", 9, 0, func(r *countRow) string { return widget.Count(r.n) }, byCount),
		column[countRow]{
			Column: widget.Column{Title: "SHARE", Width: 6, Right: true, Rank: 1},
			text:   func(r *countRow) string { return fmt.Sprintf("%.1f%%", 100*r.share) },
			style:  func(*countRow) lipgloss.Style { return s.Muted },
		},
		column[countRow]{
			Column: widget.Column{Width: bar, Rank: 2},
			text:   func(r *countRow) string { return barOf(r.bar, bar) },
			style:  func(*countRow) lipgloss.Style { return s.Spark },
		},
	)
}

// barOf is a bar that takes a part of the width, in eighths of a cell.
func barOf(part float64, width int) string {
	eighths := max(1, int(part*float64(8*width)+0.5))
	text := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		text += string([]rune(" ▏▎▍▌▋▊▉")[rest])
	}
	return text
}
