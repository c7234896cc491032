package core

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core/twindoc"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

// BenchmarkMillionDevices opens a registry of 1,000,000 devices, counts it and
// reads its first page. The figures to reach: open under 1 s, page under 50 ms,
// heap under 300 MB.
//
//	go test ./hub/localhub/core -run xxx -bench MillionDevices -benchtime 5x
func BenchmarkMillionDevices(b *testing.B) {
	const n = 1_000_000
	path := filepath.Join(b.TempDir(), "hub.db")
	fillRegistry(b, path, n)
	var opening, paging time.Duration
	var heap uint64
	for b.Loop() {
		begin := time.Now()
		db, err := store.Open(path, store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		h, err := Open(db, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if got := h.RegistryStatistics().TotalDeviceCount; got != n {
			b.Fatalf("%d devices", got)
		}
		opened := time.Now()
		if twins, next, err := h.Twins("", 100); err != nil || len(twins) != 100 || next == "" {
			b.Fatal(err)
		}
		opening += opened.Sub(begin)
		paging += time.Since(opened)
		b.StopTimer()
		heap = max(heap, heapInUse())
		if err := errors.Join(h.Close(), db.Close()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(opening.Microseconds())/float64(b.N)/1000, "open-ms")
	b.ReportMetric(float64(paging.Microseconds())/float64(b.N)/1000, "page-ms")
	b.ReportMetric(float64(heap)/(1<<20), "heap-MB")
}

func heapInUse() uint64 {
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return memory.HeapAlloc
}

// fillRegistry writes devices as CreateDevice does, many in a transaction.
func fillRegistry(b *testing.B, path string, n int) {
	b.Helper()
	db, err := store.Open(path, store.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	h, err := Open(db, Options{})
	if err != nil {
		b.Fatal(err)
	}
	const each = 10_000
	for from := 0; from < n; from += each {
		err := db.Update(b.Context(), func(tx *bbolt.Tx) error {
			var c counts
			if err := c.read(tx); err != nil {
				return err
			}
			for k := from; k < min(from+each, n); k++ {
				id := fmt.Sprintf("device-%07d", k)
				i := identity{Generation: h.newGeneration(h.now())}
				i.apply(wire.Device{DeviceID: id}, h.now())
				if err := errors.Join(i.write(tx, ID{Device: id}), putJSON(tx.Bucket(twinsBucket), []byte(id), benchTwin(k, h.now()))); err != nil {
					return store.Abort(err)
				}
				c = c.change(false, 1)
			}
			return store.Abort(c.write(tx))
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := errors.Join(h.Close(), db.Close()); err != nil {
		b.Fatal(err)
	}
}

// benchTwin is as of a device in use: a few tags, desired properties, and reported
// ones with their metadata.
func benchTwin(k int, now time.Time) twin {
	t := newTwin()
	t.Tags = fmt.Appendf(nil, `{"building":"b%d","floor":%d,"region":"%s"}`, k%1000, k%40, [...]string{"eu", "us", "ap"}[k%3])
	for _, p := range []struct {
		into    *json.RawMessage
		text    string
		desired bool
	}{
		{&t.Desired, `{"interval":30,"firmware":{"version":"1.4.2"}}`, true},
		{&t.Reported, fmt.Sprintf(`{"interval":%d,"firmware":{"version":"1.4.%d","state":"idle"},"battery":%d}`, k%60, k%3, k%100), false},
	} {
		d, _ := twindoc.Load(nil)
		o, _ := twindoc.Parse([]byte(p.text))
		d.Merge(o, now, p.desired)
		*p.into = d.JSON()
	}
	return t
}

// BenchmarkCreateDevice is 50 clients that create devices, each waiting for one
// before the next; every one is on disk before it is confirmed.
func BenchmarkCreateDevice(b *testing.B) {
	h := openHub(b, Options{})
	ids := make(chan string)
	var running sync.WaitGroup
	for range 50 {
		running.Go(func() {
			for id := range ids {
				if _, err := h.CreateDevice(b.Context(), wire.Device{DeviceID: id}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	n := 0
	for b.Loop() {
		ids <- fmt.Sprint("device-", n)
		n++
	}
	close(ids)
	running.Wait()
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "devices/s")
}

// BenchmarkAuthenticate verifies a device's token.
func BenchmarkAuthenticate(b *testing.B) {
	h := openHub(b, Options{})
	d, err := h.CreateDevice(b.Context(), wire.Device{DeviceID: "wind-1"})
	if err != nil {
		b.Fatal(err)
	}
	token := sign(b, "localhost/devices/wind-1", d.Authentication.SymmetricKey.PrimaryKey, "", time.Now().Add(time.Hour))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Authenticate(token); err != nil {
			b.Fatal(err)
		}
	}
}
