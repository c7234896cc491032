package monitor

import (
	"fmt"
	"testing"
	"time"

	"hubscope/hub/events"
	"hubscope/ui/monitor/history"
)

// BenchmarkFigures is what figures cost while a second of 50,000 events is taken, as a part of what taking them costs
// without: hidden, and open at each part that reads events.
func BenchmarkFigures(b *testing.B) {
	const second = 50_000
	batch := winds(0, second)
	for i := range batch {
		batch[i].Enqueued = noon.Add(time.Duration(i) * time.Second / second)
		batch[i].Received = batch[i].Enqueued.Add(3 * time.Millisecond)
		batch[i].Properties["hubscope-run"], batch[i].Properties["hubscope-seq"] = "5f0c21aa", fmt.Sprint(i/3+1)
	}
	left, right := []string{"left"}, []string{"right"}
	for _, kind := range []struct {
		name string
		keys [][]string
	}{{"hidden", nil}, {"devices", [][]string{{"v"}}}, {"count", [][]string{{"v"}, right, right, right}}, {"chart", [][]string{{"v"}, left, left}}} {
		b.Run(kind.name, func(b *testing.B) {
			p := benchPage(200, 56, 100_000)
			f := &fixture{Page: p}
			for _, keys := range kind.keys {
				f.press(keys...)
			}
			for !p.figures.Done() {
				p.Update(figuresStepMsg{})
			}
			var all, figures time.Duration
			for b.Loop() {
				all += timed(func() { p.seen = seen{}; p.take(batch) })
				kept := keep(batch)
				figures += timed(func() {
					for i := range kept {
						p.figures.Add(&kept[i])
					}
					p.figures.Settle()
					p.figures.Step(time.Minute)
					p.figures.Tick(p.ctx.Time())
				})
			}
			b.ReportMetric(float64(figures)/float64(all-figures), "of-without")
			b.ReportMetric(float64(figures.Nanoseconds())/float64(b.N)/second, "ns/event")
		})
	}
}

func timed(do func()) time.Duration {
	began := time.Now()
	do()
	return time.Since(began)
}

func keep(batch []events.Event) []history.Event {
	pool := history.Pool{}
	kept := make([]history.Event, len(batch))
	for i := range batch {
		kept[i] = pool.Keep(&batch[i])
	}
	return kept
}
