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

var memorySoak = flag.Duration("memory-soak", 0, "how long TestMemoryStaysFlat reads; 0 skips it")

// TestMemoryStaysFlat reads a hub in another process, 5,000 events of 256 bytes a second, with the page in a real program.
// 100,000 are kept from the first half minute on; from then memory stays under 150 MB and does not grow.
func TestMemoryStaysFlat(t *testing.T) {
	if *memorySoak <= 0 {
		t.Skip("takes minutes: -memory-soak 10m")
	}
	const rate, limit = 5000, 150 << 20
	at := startHub(t, 0, rate)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := newScreen(ctx, Options{Open: openAt(at, events.Latest())}, true, DefaultItems, &discard{})
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
	cancel()
	showing.Wait()
	t.Logf("%d events came, %d dropped", s.history.End(), s.stats.dropped)
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
