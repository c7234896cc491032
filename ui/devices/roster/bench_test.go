package roster

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"
)

func filled(n int) *Roster {
	r := New(0)
	const size = 1000
	for from := 0; from < n; from += size {
		page := make([]Entry, 0, size)
		for i := from; i < min(n, from+size); i++ {
			page = append(page, Entry{ID: fmt.Sprintf("device-%07d", i), Activity: time.UnixMilli(int64(i*7919%1_000_003) * 1000), Online: i%3 == 0})
		}
		r.Put(uint32(from/size), page)
	}
	return r
}

// BenchmarkArrange gives the time of one arrangement of a million devices beside that of a keystroke over 100,000.
func BenchmarkArrange(b *testing.B) {
	for _, c := range []struct {
		name string
		n    int
		wish Wish
	}{
		{"activity-of-1000000", 1_000_000, Wish{By: ByActivity}},
		{"fuzzy-over-100000", 100_000, Wish{Find: "dev77"}},
		{"part-over-100000", 100_000, Wish{Find: "077"}},
		{"fuzzy-over-1000000", 1_000_000, Wish{Find: "dev77"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			r, a := filled(c.n), NewArranger()
			for b.Loop() {
				order, err := a.Arrange(context.Background(), r.Snapshot(), c.wish)
				if err != nil {
					b.Fatal(err)
				}
				a.Recycle(order)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/wish")
		})
	}
}

// BenchmarkPut compares a page more in a short roster and in one of a million: it must cost the same.
func BenchmarkPut(b *testing.B) {
	for _, held := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprint(held), func(b *testing.B) {
			r, n := filled(held), held
			page := make([]Entry, 100)
			for b.Loop() {
				for i := range page {
					page[i].ID = fmt.Sprintf("device-%09d", n)
					n++
				}
				r.Put(1, page)
			}
		})
	}
}

// BenchmarkMemory is what a device takes, in bytes.
func BenchmarkMemory(b *testing.B) {
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		r := filled(1_000_000)
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(r)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "B/device")
}
