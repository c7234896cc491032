package filter_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/monitortest"
)

// BenchmarkScan looks at 100,000 events of 256 bytes with each kind of filter, as a ratio to a bare loop of gjson and
// one comparison.
func BenchmarkScan(b *testing.B) {
	const count = 100_000
	all := make([]history.Event, count)
	for i := range all {
		e := monitortest.Wind(i)
		e.Body = append(e.Body[:len(e.Body)-1], `,"filler":"`+strings.Repeat("x", 200)+`"}`...)
		all[i] = monitortest.Kept(e)
	}
	scan := func(b *testing.B, shows func(*history.Event) bool) time.Duration {
		shown := 0
		for b.Loop() {
			for i := range all {
				if shows(&all[i]) {
					shown++
				}
			}
		}
		if shown == 0 {
			b.Error("nothing is shown")
		}
		each := b.Elapsed() / time.Duration(b.N)
		b.ReportMetric(float64(each.Nanoseconds())/count, "ns/event")
		return each
	}
	var reference time.Duration
	b.Run("reference", func(b *testing.B) {
		reference = scan(b, func(e *history.Event) bool { return gjson.GetBytes(e.Body, "windSpeed").Num > 14 })
	})
	for _, c := range []struct{ name, filter string }{
		{"field", "body.windSpeed > 14"},
		{"field-and-device", `body.windSpeed > 14 and device startsWith "wind"`},
		{"device-and-field", `device == "wind-1" and body.windSpeed > 14`},
		{"property", `properties.Property endsWith "1"`},
		{"machine", `round(body.windSpeed) > 13`},
		{"text", "windspeed"},
		{"text-not-in-body", "propmsg"},
		{"regexp", `/"windSpeed":15/`},
		{"glob", "wind-*"},
		{"age", "age:>1s"},
	} {
		b.Run(c.name, func(b *testing.B) {
			f, err := filter.Parse(c.filter)
			if err != nil {
				b.Fatal(err)
			}
			took := scan(b, f.Shows)
			if reference > 0 {
				b.ReportMetric(float64(took)/float64(reference), "of-reference")
			}
		})
	}
}
