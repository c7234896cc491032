package monitor

import (
	"context"
	"flag"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hubscope/hub/events"
)

var (
	memorySoak = flag.Duration("memory-soak", 0, "how long TestMemoryStaysFlat reads; 0 skips it")
	memoryRate = flag.Int("memory-rate", 50_000, "how many events a second it reads")
)

// TestMemoryStaysFlat reads a hub in another process, 50,000 events of 256 bytes a second, with the page in a real
// program. 100,000 are kept from the first seconds on; from then memory stays under 150 MB and does not grow.
func TestMemoryStaysFlat(t *testing.T) {
	if *memorySoak <= 0 {
		t.Skip("takes minutes: -memory-soak 10m")
	}
	const filled, limit = 400_000, 150 << 20
	at := startHub(t, filled, 0)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	again := replay{open: openAt(at, events.Earliest()), events: filled, rate: *memoryRate}
	s := newScreen(ctx, Options{Open: func(Reading) (Source, error) { return again, nil }}, true, DefaultItems, &discard{})
	var showing sync.WaitGroup
	showing.Go(s.run)
	defer showing.Wait()
	defer cancel()
	select {
	case <-s.done:
	case <-time.After(3 * time.Minute):
		t.Fatal("100,000 events did not come")
	}
	began, every := time.Now(), max(*memorySoak/20, time.Second)
	var curve []int64
	for time.Since(began) < *memorySoak {
		time.Sleep(every)
		rss := resident()
		curve = append(curve, rss)
		t.Logf("%4.0f s: %d MB resident, %d MB heap in use", time.Since(began).Seconds(), rss>>20, heap()>>20)
	}
	span, used := time.Since(began), cpuTime()
	cancel()
	showing.Wait()
	t.Logf("%d events came, %d dropped, %.0f a second; %.2f processors", s.history.End(), s.stats.dropped,
		float64(s.history.End()-DefaultItems)/span.Seconds(), used.Seconds()/span.Seconds())
	half := len(curve) / 2
	early, late := most(curve[:half]), most(curve[half:])
	if late > limit {
		t.Errorf("%d MB, the limit is %d", late>>20, limit>>20)
	}
	if late > early+early/10 {
		t.Errorf("%d MB in the first half, %d MB in the second", early>>20, late>>20)
	}
}

func most(of []int64) (m int64) {
	for _, n := range of {
		m = max(m, n)
	}
	return m
}

// resident is the memory of this process that is not paged out; where that is not known, what the runtime has.
func resident() int64 {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, "VmRSS:"); found {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys - m.HeapReleased)
}

func heap() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}

// replay reads a hub from its first event on, over and over, at a rate: a device that sends so much would take the
// processors that the monitor is measured on.
type replay struct {
	open         func(Reading) (Source, error)
	events, rate int
}

func (r replay) Run(ctx context.Context, sink events.Sink) error {
	began := time.Now()
	for pass := 0; ctx.Err() == nil; pass++ {
		source, err := r.open(Reading{})
		if err != nil {
			return err
		}
		once, done := context.WithCancel(ctx)
		paced := &pacedSink{Sink: sink, r: r, ctx: once, done: done, began: began, before: pass * r.events}
		if err := source.Run(once, paced); err != nil {
			return err
		}
		done()
	}
	return nil
}

// pacedSink holds receivers up as a slow screen would, and numbers what comes again as if it were new.
type pacedSink struct {
	events.Sink
	r      replay
	ctx    context.Context
	done   func()
	began  time.Time
	before int // events of the passes before

	mu   sync.Mutex
	came int
}

func (p *pacedSink) Events(batch []events.Event) {
	shift := time.Duration(p.before) * time.Second / time.Duration(p.r.rate)
	for i := range batch {
		batch[i].Sequence += int64(p.before)
		batch[i].Enqueued = batch[i].Enqueued.Add(shift)
	}
	p.mu.Lock()
	p.came += len(batch)
	due, last := p.before+p.came, p.came == p.r.events
	p.mu.Unlock()
	p.Sink.Events(batch)
	select {
	case <-time.After(time.Until(p.began.Add(time.Duration(due) * time.Second / time.Duration(p.r.rate)))):
	case <-p.ctx.Done():
	}
	if last {
		p.done()
	}
}
