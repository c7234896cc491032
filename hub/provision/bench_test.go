package provision_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/provision"
)

// BenchmarkCreate makes 10,000 identities in a local hub of this process. The reference, in the same run and on the same
// hub, makes as many by the same number of calls, as many at a time, and looks at nothing. The figure to reach is 2,000
// devices a second.
func BenchmarkCreate(b *testing.B) {
	const n = 10_000
	c := clientOf(b, startHub(b, localhub.Options{}).Target())
	var ours, bare time.Duration
	for i := 0; b.Loop(); i++ {
		first := 2 * n * i
		began := time.Now()
		r, err := provision.Run(b.Context(), c, numbered(first, first+n-1), provision.Options{Create: true})
		if err != nil || r.Created != n {
			b.Fatal(r.Counts, err)
		}
		ours += time.Since(began)
		began = time.Now()
		createBare(b, c, numbered(first+n, first+2*n-1))
		bare += time.Since(began)
	}
	b.ReportMetric(float64(n*b.N)/ours.Seconds(), "devices/s")
	b.ReportMetric(float64(bare)/float64(ours), "of-bare")
}

// BenchmarkEach makes 10,000 identities as the screen does it, from a list that is checked first and with a sink for the
// results. The reference is that of [BenchmarkCreate].
func BenchmarkEach(b *testing.B) {
	const n = 10_000
	c := clientOf(b, startHub(b, localhub.Options{}).Target())
	var ours, bare time.Duration
	for i := 0; b.Loop(); i++ {
		first := 2 * n * i
		told := 0
		began := time.Now()
		counts, err := provision.Each(b.Context(), c, entries(numbered(first, first+n-1)), n, provision.Options{Create: true, Keyless: true},
			func(provision.Entry, provision.Item) error { told++; return nil })
		if err != nil || counts.Created != n || told != n {
			b.Fatal(counts, err)
		}
		ours += time.Since(began)
		began = time.Now()
		createBare(b, c, numbered(first+n, first+2*n-1))
		bare += time.Since(began)
	}
	b.ReportMetric(float64(n*b.N)/ours.Seconds(), "devices/s")
	b.ReportMetric(float64(bare)/float64(ours), "of-bare")
}

func createBare(b *testing.B, c *hub.Client, ids []string) {
	var running sync.WaitGroup
	slots := make(chan struct{}, provision.DefaultParallel)
	for chunk := range slices.Chunk(ids, hub.MaxBulk) {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			changes := make([]hub.Change, len(chunk))
			for i, id := range chunk {
				changes[i] = hub.Change{Mode: hub.BulkCreate, Device: hub.Device{DeviceID: id}}
			}
			if r, err := c.Bulk(context.Background(), changes); err != nil || !r.OK() {
				b.Error(r, err)
			}
		})
	}
	running.Wait()
}
