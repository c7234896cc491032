package monitor

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// BenchmarkFlood is the page in a real program while 50,000 events a second come and 100,000 are kept: what a frame
// takes, update and view together, and how long a key waits until its effect is on the terminal. Design: p99 under 8 ms,
// and under 50 ms.
func BenchmarkFlood(b *testing.B) {
	const rate = 50_000
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Minute)
	defer cancel()
	out := &discard{}
	s := newScreen(ctx, Options{Open: func(Reading) (Source, error) { return flood(rate, time.Hour), nil }}, true, DefaultItems, out)
	var showing sync.WaitGroup
	showing.Go(s.run)
	<-s.done

	var waits []time.Duration
	press := func(k tea.KeyPressMsg, effect string) {
		seen, pressed := out.expect(effect), time.Now()
		s.program.Send(k)
		select {
		case at := <-seen:
			waits = append(waits, at.Sub(pressed))
		case <-time.After(5 * time.Second):
			b.Errorf("no %q on the terminal after %v", effect, k)
		}
	}
	space := tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	for b.Loop() {
		press(space, "‖")
		time.Sleep(37 * time.Millisecond)
		press(space, "○")
		time.Sleep(23 * time.Millisecond)
	}
	cancel()
	showing.Wait()
	kept, came, dropped := s.history.Kept(), s.history.End(), s.stats.dropped
	if kept != DefaultItems || dropped > 0 {
		b.Errorf("%d kept of %d, %d dropped", kept, came, dropped)
	}
	b.ReportMetric(percentile(s.took, 99), "frame-p99-ms")
	b.ReportMetric(percentile(s.took, 100), "frame-max-ms")
	b.ReportMetric(percentile(waits, 50), "key-p50-ms")
	b.ReportMetric(percentile(waits, 99), "key-p99-ms")
	b.ReportMetric(0, "ns/op")
}

// percentile is in milliseconds.
func percentile(all []time.Duration, n int) float64 {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return float64(all[min(len(all)-1, len(all)*n/100)].Microseconds()) / 1000
}
