package monitor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/viewport"
	"charm.land/lipgloss/v2"

	"github.com/tidwall/gjson"

	"hubscope/hub/events"
	"hubscope/ui/page"
	"hubscope/ui/theme"
)

// perFrame is how many events come in a frame at 50,000 a second.
const perFrame = 50_000 * int(frame) / int(time.Second)

func benchPage(width, height, kept int) *Page {
	ctx := page.NewContext(context.Background(), theme.Dark)
	ctx.Now, ctx.Location = func() time.Time { return noon }, noon.Location()
	p := New(ctx, Options{})
	p.feed = newFeed()
	p.SetSize(width, height)
	for from := 0; from < kept; from += perFrame {
		p.Update(batchMsg{events: winds(from, min(from+perFrame, kept))})
	}
	return p
}

// BenchmarkFrame is one frame, update and view, while 50,000 events a second arrive and 100,000 are kept. The
// reference holds as many rows in a viewport of bubbles, as a plain log viewer would, with half the text of a row.
func BenchmarkFrame(b *testing.B) {
	const width, height, kept = 200, 56, 100_000
	var reference time.Duration
	b.Run("reference-viewport", func(b *testing.B) {
		view := viewport.New(viewport.WithWidth(width), viewport.WithHeight(height))
		style := lipgloss.NewStyle().Foreground(lipgloss.Color("#7cc4ff"))
		batches := endless(0)
		var lines []string
		add := func() {
			for _, e := range batches() {
				lines = append(lines, e.Enqueued.Format("15:04:05.000")+"  "+style.Render(e.DeviceID)+"  "+string(e.Body))
			}
			lines = lines[max(0, len(lines)-kept):]
		}
		for len(lines) < kept {
			add()
		}
		for b.Loop() {
			add()
			view.SetContentLines(lines)
			view.GotoBottom()
			view.View()
		}
		reference = b.Elapsed() / time.Duration(b.N)
	})
	compare := func(b *testing.B) {
		if own := b.Elapsed() / time.Duration(b.N); reference > 0 {
			b.ReportMetric(float64(own)/float64(reference), "of-reference")
		}
	}
	b.Run("monitor", func(b *testing.B) {
		p := benchPage(width, height, kept)
		frames(b, p, endless(kept))
		compare(b)
	})
	b.Run("filtered", func(b *testing.B) {
		p := benchPage(width, height, kept)
		p.filter.Focus()
		p.onTyped(pasteOf("wind-2 15"))
		for !p.history.Done() {
			p.Update(scanMsg{})
		}
		frames(b, p, endless(kept))
		compare(b)
	})
}

// frames takes batches and draws, and tells the slowest of a hundred.
func frames(b *testing.B, p *Page, batches func() []events.Event) {
	var took []time.Duration
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		batch := batches()
		b.StartTimer()
		began := time.Now()
		p.Update(batchMsg{events: batch})
		p.View()
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// endless gives batch after batch, from a number on.
func endless(from int) func() []events.Event {
	return func() []events.Event {
		batch := winds(from, from+perFrame)
		from += perFrame
		return batch
	}
}

// BenchmarkKey is a key press and the view after it, with 100,000 events kept.
func BenchmarkKey(b *testing.B) {
	p := benchPage(200, 56, 100_000)
	keys := []string{"k", "pgup", "g", "G"}
	f := &fixture{Page: p}
	for i := 0; b.Loop(); i++ {
		f.press(keys[i%len(keys)])
		p.View()
	}
}

// BenchmarkFilterFirstScreen is from the key that changes the filter to the view that shows a screen of what it shows,
// 100,000 events kept. Where matches are so rare that they do not fill a screen, it is until all has been looked at,
// with a view after each step as the program draws one. It is to be under 50 ms.
func BenchmarkFilterFirstScreen(b *testing.B) {
	const kept = 100_000
	var reference time.Duration
	b.Run("reference", func(b *testing.B) { // a bare loop of gjson and one comparison over as many events
		all := winds(0, kept)
		shown := 0
		for b.Loop() {
			for i := range all {
				if gjson.GetBytes(all[i].Body, "windSpeed").Num > 14 {
					shown++
				}
			}
		}
		reference = b.Elapsed() / time.Duration(b.N)
		if shown == 0 {
			b.Error("nothing is shown")
		}
	})
	for _, c := range []struct{ name, filter string }{
		{"text", "1%d"},
		{"expression", `body.windSpeed > 1%d and device startsWith "wind"`},
		{"rare-text", "nothing of the kind %d"},
		{"rare-regexp", "/nothing of the kind %d/"},
		{"rare-expression", `body.windSpeed > 9%d`},
		{"rare-function", `round(body.windSpeed) > 9%d`},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := benchPage(200, 56, kept)
			p.filter.Focus()
			var took []time.Duration
			b.ReportAllocs()
			used := cpuTime()
			for i := 0; b.Loop(); i++ {
				p.filter.Set(fmt.Sprintf(c.filter, i%5))
				began := time.Now()
				p.applyFilter()
				p.View()
				for !p.history.Done() && p.history.Len() < p.list.rows {
					p.Update(scanMsg{})
					p.View()
				}
				took = append(took, time.Since(began))
			}
			used = cpuTime() - used
			slices.Sort(took)
			b.ReportMetric(float64(used.Microseconds())/1000/float64(b.N), "cpu-ms")
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
			b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "slowest-ms")
			if each := b.Elapsed() / time.Duration(b.N); reference > 0 {
				b.ReportMetric(float64(each)/float64(reference), "of-reference")
			}
		})
	}
}

// BenchmarkOpen opens bodies of 256 KB.
func BenchmarkOpen(b *testing.B) {
	const size = 256 << 10
	for name, body := range map[string]string{
		"string":   `{"a":"` + strings.Repeat("x", size) + `"}`,
		"numbers":  "[" + strings.Repeat("1,", size/2-1) + "1]",
		"controls": strings.Repeat("\x1b[2J\u202e", size/7),
		"wide":     `{"a":"` + strings.Repeat("世界", size/6) + `"}`,
	} {
		b.Run(name, func(b *testing.B) {
			p := benchPage(120, 32, 1)
			e := kept(wind(1))
			e.Body = []byte(body)
			p.inspector.SetSize(54, 30)
			for i := 0; b.Loop(); i++ {
				p.inspector.Close()
				p.inspector.Show(uint64(i), &e)
				if work := p.inspector.Work(); work != nil {
					b.StopTimer() // beside the screen
					read := work()
					b.StartTimer()
					p.inspector.Take(read)
				}
				p.View()
			}
		})
	}
}
