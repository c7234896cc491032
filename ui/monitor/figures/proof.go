package figures

import (
	"cmp"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"hubscope/ui/monitor/figures/tally"
	"hubscope/ui/monitor/inspect"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// proofRow is a device that numbers its messages.
type proofRow struct {
	name, deviceID                            string
	run                                       string
	runs                                      int
	last, seen, missing, twice, late, tooLate uint64
	delay                                     [2]time.Duration
	any                                       bool
}

func (p *Panel) proofRows() []proofRow {
	var rows []proofRow
	for _, d := range p.tally.Devices() {
		if d.Proof == nil {
			continue
		}
		rows = append(rows, newProofRow(d, d.Proof))
	}
	return rows
}

func newProofRow(d *tally.Device, f *tally.Proof) proofRow {
	return proofRow{
		name: d.Name, deviceID: d.DeviceID, run: f.Run, runs: f.Runs,
		last: f.Last, seen: f.Seen, missing: f.Missing, twice: f.Twice, late: f.Late, tooLate: f.Old,
		delay: quantiles(&f.Delay), any: f.Delay.Any(),
	}
}

func (p *Panel) newProofBoard() *board[proofRow] {
	s := p.ctx.Styles
	count := func(title string, width, rank int, bad bool, of func(*proofRow) uint64) column[proofRow] {
		c := number(title, width, rank,
			func(r *proofRow) string { return widget.Count(of(r)) },
			func(a, b *proofRow) int { return cmp.Compare(of(a), of(b)) })
		if bad {
			c.style = func(r *proofRow) lipgloss.Style {
				if of(r) > 0 {
					return s.Danger
				}
				return s.Text
			}
		}
		return c
	}
	delay := func(title string, rank, i int) column[proofRow] {
		return number(title, 7, rank, func(r *proofRow) string {
			if !r.any {
				return "-"
			}
			return inspect.Took(r.delay[i])
		}, func(a, b *proofRow) int { return cmp.Compare(a.delay[i], b.delay[i]) })
	}
	return newBoard(s, func(r *proofRow) string { return r.name }, 0,
		column[proofRow]{
			Column:  widget.Column{Title: "DEVICE", Width: 10, Max: 36, Grow: true},
			text:    func(r *proofRow) string { return safe.Line(r.name, 60) },
			style:   func(*proofRow) lipgloss.Style { return s.Accent },
			compare: func(a, b *proofRow) int { return strings.Compare(a.name, b.name) },
		},
		column[proofRow]{
			Column:  widget.Column{Title: "RUN", Width: 8, Rank: 9},
			text:    func(r *proofRow) string { return safe.Line(r.run, 8) },
			style:   func(*proofRow) lipgloss.Style { return s.Muted },
			compare: func(a, b *proofRow) int { return strings.Compare(a.run, b.run) },
		},
		count("LAST", 8, 8, false, func(r *proofRow) uint64 { return r.last }),
		count("SEEN", 7, 5, false, func(r *proofRow) uint64 { return r.seen }),
		count("MISSING", 8, 0, true, func(r *proofRow) uint64 { return r.missing }),
		count("TWICE", 6, 0, true, func(r *proofRow) uint64 { return r.twice }),
		count("LATE", 6, 1, true, func(r *proofRow) uint64 { return r.late + r.tooLate }),
		delay("P50", 3, 0), delay("P99", 4, 1),
	)
}
