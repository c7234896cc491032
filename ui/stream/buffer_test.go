package stream

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const window = 33 * time.Millisecond

func byValue(n int) int { return n }

func TestNextGathersForOneWindowFromTheFirstItem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBuffer[int](Limit{Items: 1000}, nil)
		var producer sync.WaitGroup
		defer producer.Wait()
		producer.Go(func() {
			// A trickle that never pauses for a whole window.
			for i := range 100 {
				time.Sleep(10 * time.Millisecond)
				b.Put([]int{i})
			}
		})
		start := time.Now()
		items, dropped, err := b.Next(t.Context(), window)
		if err != nil || dropped != 0 {
			t.Fatalf("Next: %d dropped, %v", dropped, err)
		}
		if want := []int{0, 1, 2, 3}; !slices.Equal(items, want) {
			t.Errorf("items %v, want %v", items, want)
		}
		if took := time.Since(start); took != 10*time.Millisecond+window {
			t.Errorf("took %v, want the first item and one window", took)
		}
	})
}

func TestNextIsPromptWhenTheReaderWasAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBuffer[int](Limit{Items: 1000}, nil)
		b.Put([]int{1, 2})
		time.Sleep(time.Second)
		start := time.Now()
		items, _, err := b.Next(t.Context(), window)
		if err != nil || len(items) != 2 || time.Since(start) != 0 {
			t.Errorf("%v, %v after %v; want both items at once", items, err, time.Since(start))
		}
	})
}

func TestCancelLeavesTheItems(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBuffer[int](Limit{Items: 1000}, nil)
		b.Put([]int{1})
		ctx, cancel := context.WithTimeout(t.Context(), window/2)
		defer cancel()
		if _, _, err := b.Next(ctx, window); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("error %v, want the context's", err)
		}
		items, _, err := b.Next(t.Context(), window)
		if err != nil || !slices.Equal(items, []int{1}) {
			t.Errorf("%v, %v; want the item that was there", items, err)
		}
	})
}

func TestCloseGivesTheRestAtOnceThenEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBuffer[int](Limit{Items: 1000}, nil)
		b.Put([]int{1})
		go func() {
			time.Sleep(time.Millisecond)
			b.Close()
			b.Close()
			b.Put([]int{2})
		}()
		items, _, err := b.Next(t.Context(), time.Hour)
		if err != nil || !slices.Equal(items, []int{1}) {
			t.Fatalf("%v, %v; want what was put before the end", items, err)
		}
		if _, _, err := b.Next(t.Context(), window); !errors.Is(err, ErrClosed) {
			t.Errorf("error %v, want ErrClosed", err)
		}
	})
}

func TestPutDropsTheOldestAndCounts(t *testing.T) {
	for _, c := range []struct {
		name    string
		limit   Limit
		put     [][]int
		want    []int
		dropped uint64
	}{
		{"within", Limit{Items: 3}, [][]int{{1, 2}, {3}}, []int{1, 2, 3}, 0},
		{"items", Limit{Items: 3}, [][]int{{1, 2}, {3, 4, 5}}, []int{3, 4, 5}, 2},
		{"one batch over the limit", Limit{Items: 2}, [][]int{{1, 2, 3, 4}}, []int{3, 4}, 2},
		{"bytes", Limit{Bytes: 10}, [][]int{{4, 4}, {4}, {2}}, []int{4, 4, 2}, 1},
		{"one item over the limit stays", Limit{Bytes: 10}, [][]int{{4}, {40}}, []int{40}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := NewBuffer(c.limit, byValue)
			for _, batch := range c.put {
				b.Put(batch)
			}
			items, dropped, err := b.Next(t.Context(), 0)
			if err != nil || !slices.Equal(items, c.want) || dropped != c.dropped {
				t.Errorf("%v, %d dropped, %v; want %v, %d dropped", items, dropped, err, c.want, c.dropped)
			}
		})
	}
}

func TestDroppingForEverKeepsTheSliceSmall(t *testing.T) {
	b := NewBuffer[int](Limit{Items: 100}, nil)
	for i := range 100_000 {
		b.Put([]int{i})
	}
	if got := cap(b.items); got > 1000 {
		t.Errorf("room for %d items, bound is 100", got)
	}
	items, dropped, _ := b.Next(t.Context(), 0)
	if len(items) != 100 || items[0] != 99_900 || dropped != 99_900 {
		t.Errorf("%d items from %d, %d dropped", len(items), items[0], dropped)
	}
}

func TestManyProducersLoseNothing(t *testing.T) {
	const producers, each = 8, 5000
	b := NewBuffer[int](Limit{Items: producers * each}, nil)
	var all sync.WaitGroup
	for p := range producers {
		all.Go(func() {
			for i := 0; i < each; i += 10 {
				batch := make([]int, 10)
				for j := range batch {
					batch[j] = p*each + i + j
				}
				b.Put(batch)
			}
		})
	}
	go func() { all.Wait(); b.Close() }()

	next := make([]int, producers) // each producer's items come in its order
	total := 0
	for {
		items, dropped, err := b.Next(t.Context(), time.Millisecond)
		if errors.Is(err, ErrClosed) {
			break
		}
		if err != nil || dropped != 0 {
			t.Fatalf("%d dropped, %v", dropped, err)
		}
		for _, n := range items {
			p := n / each
			if n%each != next[p] {
				t.Fatalf("producer %d: item %d, want %d", p, n%each, next[p])
			}
			next[p]++
		}
		total += len(items)
		b.Recycle(items)
	}
	if total != producers*each {
		t.Errorf("%d items, want %d", total, producers*each)
	}
}

func BenchmarkBuffer(b *testing.B) {
	batch := make([]int, 100)
	b.Run("buffer", func(b *testing.B) {
		buf := NewBuffer[int](Limit{Items: 100_000}, nil)
		for b.Loop() {
			buf.Put(batch)
			items, _, _ := buf.Next(b.Context(), 0)
			buf.Recycle(items)
		}
	})
	b.Run("reference-channel-of-items", func(b *testing.B) {
		ch := make(chan int, len(batch))
		for b.Loop() {
			for _, n := range batch {
				ch <- n
			}
			for range batch {
				<-ch
			}
		}
	})
}

func TestPutWaitHoldsProducersUpAndDropsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const producers, each = 4, 1000
		b := NewBuffer[int](Limit{Items: 50}, nil)
		var producing sync.WaitGroup
		for range producers {
			producing.Go(func() {
				for i := range each {
					if err := b.PutWait(t.Context(), []int{i}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		began, got := time.Now(), 0
		for got < producers*each {
			items, dropped, err := b.Next(t.Context(), window)
			if err != nil || dropped > 0 {
				t.Fatal(dropped, err)
			}
			if len(items) > 50+producers {
				t.Errorf("%d items waited", len(items))
			}
			got += len(items)
		}
		producing.Wait()
		if took := time.Since(began); took > window {
			t.Errorf("it took %v: a full buffer waits for its window", took)
		}
	})
}

func TestPutWaitEnds(t *testing.T) {
	for name, end := range map[string]func(b *Buffer[int], cancel context.CancelFunc){
		"with its context": func(_ *Buffer[int], cancel context.CancelFunc) { cancel() },
		"with the buffer":  func(b *Buffer[int], _ context.CancelFunc) { b.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				b := NewBuffer[int](Limit{Items: 1}, nil)
				b.Put([]int{1, 2, 3})
				if err := b.PutWait(ctx, []int{4, 5}); err != nil {
					t.Error(err)
				}
				done := make(chan struct{})
				go func() { defer close(done); _ = b.PutWait(ctx, []int{6}) }()
				synctest.Wait()
				select {
				case <-done:
					t.Error("it did not wait")
				default:
				}
				end(b, cancel)
				<-done
			})
		})
	}
}
