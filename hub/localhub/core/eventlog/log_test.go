package eventlog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

func TestPartitionInfo(t *testing.T) {
	clock := newClock()
	f := open(t, Options{Partitions: 2, Now: clock.Now})
	info, err := f.Partition(1)
	if want := (PartitionInfo{ID: 1, Last: -1, LastOffset: "-1", Empty: true}); err != nil || info != want {
		t.Errorf("empty partition = %+v, %v, want %+v", info, err, want)
	}
	f.add(1, "a")
	clock.advance(time.Second)
	f.add(1, "b")
	check := func(when string) {
		t.Helper()
		info, _ := f.Partition(1)
		if info.Begin != 0 || info.Last != 1 || info.Empty || !info.LastEnqueued.Equal(clock.Now()) || info.LastOffset == "0" || info.LastOffset == "-1" {
			t.Errorf("%s: %+v", when, info)
		}
	}
	check("after two events")
	f.reopen()
	check("opened again")
	if info, _ := f.Partition(0); !info.Empty {
		t.Errorf("the other partition = %+v", info)
	}
	for _, p := range []int{-1, 2} {
		if _, err := f.Partition(p); !errors.Is(err, ErrNoPartition) {
			t.Errorf("partition %d: %v", p, err)
		}
	}
}

// Time goes back, the log's does not.
func TestEnqueuedTimeIsMonotonic(t *testing.T) {
	clock := newClock()
	f := open(t, Options{Now: clock.Now})
	f.add(0, "a")
	first, _ := f.Partition(0)
	clock.advance(-time.Minute)
	f.add(0, "b")
	second, _ := f.Partition(0)
	if second.LastEnqueued.Before(first.LastEnqueued) {
		t.Errorf("enqueued at %v, then at %v", first.LastEnqueued, second.LastEnqueued)
	}
}

// Writers on several partitions, a reader on each: nothing lost, nothing twice,
// in the order of each writer; from memory, and from the file after.
func TestReadersFollowWriters(t *testing.T) {
	const partitions, writers, each = 3, 4, 500
	f := open(t, Options{Partitions: partitions, TailBytes: 64 << 10})
	var readers sync.WaitGroup
	for p := range partitions {
		r, err := f.OpenReader(p, Position{Kind: Latest})
		if err != nil {
			t.Fatal(err)
		}
		readers.Go(func() { checkOrder(t, r, writers, each) })
	}
	var accepted sync.WaitGroup
	accepted.Add(partitions * writers * each)
	for p := range partitions {
		for w := range writers {
			go func() {
				for i := range each {
					f.Append(p, draft(fmt.Sprintf("%d %d", w, i)), func(err error) {
						if err != nil {
							t.Error(err)
						}
						accepted.Done()
					})
				}
			}()
		}
	}
	accepted.Wait()
	readers.Wait()
	for p := range partitions {
		r, err := f.OpenReader(p, Position{Kind: Earliest})
		if err != nil {
			t.Fatal(err)
		}
		checkOrder(t, r, writers, each)
	}
}

func checkOrder(t *testing.T, r *Reader, writers, each int) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	next := make([]int, writers)
	sequence := int64(0)
	for got := 0; got < writers*each; {
		records, err := r.Next(ctx, 64)
		if err != nil {
			t.Errorf("after %d events: %v", got, err)
			return
		}
		for _, record := range records {
			var w, i int
			if _, err := fmt.Sscan(body(t, record), &w, &i); err != nil || i != next[w] || record.Sequence != sequence {
				t.Errorf("sequence %d: event %d of writer %d, want %d (%v)", record.Sequence, i, w, next[w], err)
				return
			}
			next[w]++
			sequence++
			got++
		}
	}
}

func TestNextEnds(t *testing.T) {
	f := open(t, Options{})
	r, err := f.OpenReader(0, Position{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Next(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("Next with an ended context: %v", err)
	}
	result := make(chan error)
	go func() {
		_, err := r.Next(context.Background(), 1)
		result <- err
	}()
	r.Close()
	r.Close()
	if err := <-result; !errors.Is(err, ErrClosed) {
		t.Errorf("Next of a closed reader: %v", err)
	}
	r, _ = f.OpenReader(0, Position{})
	go func() {
		_, err := r.Next(context.Background(), 1)
		result <- err
	}()
	if err := f.Log.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if err := <-result; !errors.Is(err, ErrClosed) {
		t.Errorf("Next of a closed log: %v", err)
	}
	if err := f.try(0, "late"); !errors.Is(err, ErrClosed) {
		t.Errorf("Append to a closed log: %v", err)
	}
}

// A commit that fails refuses its events, and the next ones take their place.
func TestFailedCommit(t *testing.T) {
	f := open(t, Options{})
	f.add(0, "0")
	broken := errors.New("the disk is on fire")
	release, entered := make(chan struct{}), make(chan struct{})
	// Hold the writer so that the events and a failing operation share a commit.
	f.db.Submit(func(*bbolt.Tx) error { close(entered); <-release; return errBarrier }, func(error) {})
	<-entered
	results := make(chan error, 2)
	for _, b := range []string{"lost", "lost too"} {
		f.Append(0, draft(b), func(err error) { results <- err })
	}
	f.db.Submit(func(*bbolt.Tx) error { return store.Abort(broken) }, func(error) {})
	close(release)
	for range 2 {
		if err := <-results; !errors.Is(err, broken) {
			t.Errorf("result = %v", err)
		}
	}
	f.add(0, "1")
	equal(t, "events", f.read(0, Position{}, 2), numbers(0, 2))
	f.reopen()
	equal(t, "events on disk", f.read(0, Position{}, 2), numbers(0, 2))
}
