package figures

import (
	"cmp"
	"math"
	"strconv"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"hubscope/ui/monitor/figures/tally"
	"hubscope/ui/monitor/inspect"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// flowRow is a device or a partition with its figures, as they were when the row was made.
type flowRow struct {
	name, deviceID    string
	events            uint64
	rate, byteRate    float64
	seen              time.Time
	here, clock       [2]time.Duration // p50, p99
	anyHere, anyClock bool
	sequence          int64 // of a partition
	now               time.Time
}

func newFlowRow(name string, f *tally.Flow, now time.Time) flowRow {
	return flowRow{
		name: name, events: f.Events, rate: f.Rate, byteRate: f.ByteRate, seen: f.LastSeen, now: now,
		here: quantiles(&f.Here), anyHere: f.Here.Any(), clock: quantiles(&f.Clock), anyClock: f.Clock.Any(),
	}
}

func quantiles(l *tally.Latencies) [2]time.Duration {
	return [2]time.Duration{l.Quantile(0.5), l.Quantile(0.99)}
}

func keyOfFlow(r *flowRow) string { return r.name }

// number is a column of numbers.
func number[R any](title string, width, rank int, text func(*R) string, compare func(a, b *R) int) column[R] {
	return column[R]{Column: widget.Column{Title: title, Width: width, Right: true, Rank: rank}, text: text, compare: compare, down: true}
}

func latency(title string, rank int, of func(*flowRow) (time.Duration, bool)) column[flowRow] {
	return number(title, max(8, len(title)+2), rank,
		func(r *flowRow) string {
			if d, any := of(r); any {
				return inspect.Took(d)
			}
			return "-"
		},
		func(a, b *flowRow) int {
			x, _ := of(a)
			y, _ := of(b)
			return cmp.Compare(x, y)
		})
}

// flowColumns are those of devices and of partitions.
func (p *Panel) flowColumns(name column[flowRow]) []column[flowRow] {
	return []column[flowRow]{
		name,
		number("EVENTS", 9, 5, func(r *flowRow) string { return widget.Count(r.events) }, func(a, b *flowRow) int { return cmp.Compare(a.events, b.events) }),
		number("RATE", 8, 0, func(r *flowRow) string { return perSecond(r.rate) }, func(a, b *flowRow) int { return cmp.Compare(a.rate, b.rate) }),
		number("BYTES/S", 10, 6, func(r *flowRow) string { return inspect.SizeText(int(math.Round(r.byteRate))) }, func(a, b *flowRow) int { return cmp.Compare(a.byteRate, b.byteRate) }),
		number("LAST", 10, 1, func(r *flowRow) string { return ago(r.now, r.seen) }, func(a, b *flowRow) int { return a.seen.Compare(b.seen) }),
		latency("P50", 2, func(r *flowRow) (time.Duration, bool) { return r.here[0], r.anyHere }),
		latency("P99", 3, func(r *flowRow) (time.Duration, bool) { return r.here[1], r.anyHere }),
		latency("CLOCK P50", 8, func(r *flowRow) (time.Duration, bool) { return r.clock[0], r.anyClock }),
		latency("CLOCK P99", 9, func(r *flowRow) (time.Duration, bool) { return r.clock[1], r.anyClock }),
	}
}

// nameColumn takes what room there is.
func (p *Panel) nameColumn(title string, text func(*flowRow) string, compare func(a, b *flowRow) int) column[flowRow] {
	return column[flowRow]{
		Column: widget.Column{Title: title, Width: 10, Max: 36, Grow: true}, text: text,
		style:   func(*flowRow) lipgloss.Style { return p.ctx.Styles.Accent },
		compare: compare,
	}
}

func (p *Panel) newDevicesBoard() *board[flowRow] {
	name := p.nameColumn("DEVICE", harmlessName, byName)
	return newBoard(p.ctx.Styles, keyOfFlow, 0, p.flowColumns(name)...)
}

func (p *Panel) newPartitionsBoard() *board[flowRow] {
	name := p.nameColumn("PARTITION", func(r *flowRow) string { return "p" + harmlessName(r) }, func(a, b *flowRow) int {
		return cmp.Or(cmp.Compare(len(a.name), len(b.name)), strings.Compare(a.name, b.name))
	})
	columns := p.flowColumns(name)
	columns = append(columns[:2:2], append([]column[flowRow]{
		number("SEQUENCE", 11, 7, func(r *flowRow) string { return strconv.FormatInt(r.sequence, 10) }, func(a, b *flowRow) int { return cmp.Compare(a.sequence, b.sequence) }),
	}, columns[2:]...)...)
	return newBoard(p.ctx.Styles, keyOfFlow, 0, columns...)
}

func harmlessName(r *flowRow) string { return safe.Line(r.name, 60) }

func byName(a, b *flowRow) int { return strings.Compare(a.name, b.name) }

func (p *Panel) deviceRows(now time.Time) []flowRow {
	rows := make([]flowRow, 0, len(p.tally.Devices()))
	for _, d := range p.tally.Devices() {
		r := newFlowRow(d.Name, &d.Flow, now)
		r.deviceID = d.DeviceID
		rows = append(rows, r)
	}
	return rows
}

func (p *Panel) partitionRows(now time.Time) []flowRow {
	rows := make([]flowRow, 0, len(p.tally.Partitions()))
	for id, part := range p.tally.Partitions() {
		r := newFlowRow(id, &part.Flow, now)
		r.sequence = part.Sequence
		rows = append(rows, r)
	}
	return rows
}

// perSecond writes a rate; slow ones with a digit behind the point.
func perSecond(rate float64) string {
	if rate > 0 && rate < 9.95 {
		return strconv.FormatFloat(rate, 'f', 1, 64) + "/s"
	}
	return widget.Count(int(math.Round(rate))) + "/s"
}

// ago is shorter than widget.Ago: the column says the rest.
func ago(now, t time.Time) string {
	switch {
	case t.IsZero():
		return "never"
	case now.Sub(t) < time.Second:
		return "now"
	}
	return widget.Span(now.Sub(t)) + " ago"
}
