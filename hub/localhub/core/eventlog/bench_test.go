package eventlog

import (
	"context"
	"encoding/binary"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.etcd.io/bbolt"
)

// BenchmarkAppend is the log as 100 devices feed it, each waiting for its
// message before the next one, with 4 partitions and fsync; and, as the
// reference, bbolt alone: the same bytes put by one goroutine, in transactions
// as big as the log makes them.
//
//	go test ./hub/localhub/core/eventlog -bench Append -benchtime 3s
func BenchmarkAppend(b *testing.B) {
	b.Run("100-senders/1-in-flight", func(b *testing.B) { benchmarkAppend(b, 100, 1) })
	b.Run("100-senders/10-in-flight", func(b *testing.B) { benchmarkAppend(b, 100, 10) })
	b.Run("1-sender", func(b *testing.B) { benchmarkAppend(b, 1, 1) })
	b.Run("reference/bbolt-100-a-commit", func(b *testing.B) { benchmarkBolt(b, 100) })
	b.Run("reference/bbolt-1000-a-commit", func(b *testing.B) { benchmarkBolt(b, 1000) })
	b.Run("reference/bbolt-1-a-commit", func(b *testing.B) { benchmarkBolt(b, 1) })
}

var benchBody = strings.Repeat("x", 256)

func benchmarkAppend(b *testing.B, senders, inflight int) {
	f := open(b, Options{Partitions: 4, TailBytes: 16 << 20, RetentionBytes: 4 << 30})
	b.SetBytes(int64(len(draft(benchBody).Stamp(1, 1, 1))))
	b.ReportAllocs()
	b.ResetTimer()
	var left atomic.Int64
	left.Store(int64(b.N))
	var running sync.WaitGroup
	for s := range senders {
		running.Go(func() {
			window := make(chan struct{}, inflight)
			for left.Add(-1) >= 0 {
				window <- struct{}{}
				f.Append(s%4, draft(benchBody), func(err error) {
					if err != nil {
						b.Error(err)
					}
					<-window
				})
			}
			for range inflight {
				window <- struct{}{}
			}
		})
	}
	running.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func benchmarkBolt(b *testing.B, batch int) {
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "bolt.db"), 0o600, &bbolt.Options{FreelistType: bbolt.FreelistMapType})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	value := draft(benchBody).Stamp(1, 1, 1)
	b.SetBytes(int64(len(value)))
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; {
		err := db.Update(func(tx *bbolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists([]byte("events"))
			if err != nil {
				return err
			}
			bucket.FillPercent = 1
			for range min(batch, b.N-n) {
				n++
				if err := bucket.Put(binary.BigEndian.AppendUint64(nil, uint64(n)), value); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkRead is one reader through a long log: the oldest events from the
// file, the newest from memory. The reference is a bare bbolt cursor over the
// same file.
func BenchmarkRead(b *testing.B) {
	const events = 200_000
	f := open(b, Options{Partitions: 1, TailBytes: 1, RetentionBytes: 4 << 30})
	var accepted sync.WaitGroup
	accepted.Add(events)
	for range events {
		f.Append(0, draft(benchBody), func(error) { accepted.Done() })
	}
	accepted.Wait()
	b.Run("file", func(b *testing.B) { benchmarkRead(b, f, events) })
	b.Run("reference/bbolt-cursor", func(b *testing.B) { benchmarkCursor(b, f, events) })

	f.Log.partitions[0].tail.limit = 1 << 30
	accepted.Add(events)
	for range events {
		f.Append(0, draft(benchBody), func(error) { accepted.Done() })
	}
	accepted.Wait()
	b.Run("memory", func(b *testing.B) {
		for b.Loop() {
			r, err := f.OpenReader(0, Position{Kind: Sequence, Sequence: events})
			if err != nil {
				b.Fatal(err)
			}
			drain(b, r, events-1)
		}
		b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
}

func benchmarkRead(b *testing.B, f *fixture, events int) {
	b.ReportAllocs()
	for b.Loop() {
		r, err := f.OpenReader(0, Position{})
		if err != nil {
			b.Fatal(err)
		}
		drain(b, r, events)
	}
	b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func drain(b *testing.B, r *Reader, n int) {
	for n > 0 {
		records, err := r.Next(context.Background(), min(n, 256))
		if err != nil {
			b.Fatal(err)
		}
		n -= len(records)
	}
}

func benchmarkCursor(b *testing.B, f *fixture, events int) {
	for b.Loop() {
		err := f.db.View(func(tx *bbolt.Tx) error {
			c := tx.Bucket(eventsBucket).Bucket(bucketName(0)).Cursor()
			for key, value := c.First(); key != nil; key, value = c.Next() {
				_ = append([]byte(nil), value...)
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
