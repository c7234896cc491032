package stream

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrClosed is what Next gives once the buffer is closed and everything in it was taken.
var ErrClosed = errors.New("stream closed")

// Buffer gathers items from any number of producers for one reader. Past the limit a producer chooses by its call:
// with Put it is never held up, and the oldest items go and are counted; with PutWait it waits for the reader.
type Buffer[T any] struct {
	limit Limit
	size  func(T) int

	wake chan struct{} // holds one token when the reader should look

	mu      sync.Mutex
	items   []T // guarded by mu, like all below; items[head:] are waiting
	head    int
	bytes   int64
	dropped uint64
	first   time.Time // when the oldest waiting item came to an empty buffer
	closed  bool
	taken   chan struct{} // closed when items are taken; nil when nobody waits for that
	spare   []T           // a slice that the reader gave back
}

// NewBuffer makes a buffer. size gives the bytes that an item holds in memory; it may be nil when limit has no bytes.
func NewBuffer[T any](limit Limit, size func(T) int) *Buffer[T] {
	return &Buffer[T]{limit: limit, size: size, wake: make(chan struct{}, 1)}
}

// Put adds a batch. It never blocks and does not keep the slice. After Close it does nothing.
func (b *Buffer[T]) Put(batch []T) {
	if len(batch) == 0 {
		return
	}
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return
	}
	b.add(batch)
	b.dropOldest()
	b.mu.Unlock()
	b.signal()
}

// PutWait adds a batch and drops nothing: while the limit is reached it waits until the reader has taken what there
// is, or ctx ends, whose error it gives. It does not keep the slice. After Close it does nothing.
func (b *Buffer[T]) PutWait(ctx context.Context, batch []T) error {
	if len(batch) == 0 {
		return nil
	}
	b.mu.Lock()
	for b.full() && !b.closed {
		if b.taken == nil {
			b.taken = make(chan struct{})
		}
		taken := b.taken
		b.mu.Unlock()
		select {
		case <-taken:
		case <-ctx.Done():
			return ctx.Err()
		}
		b.mu.Lock()
	}
	if !b.closed {
		b.add(batch)
	}
	b.mu.Unlock()
	b.signal()
	return nil
}

// full tells whether the limit is reached. b.mu is held.
func (b *Buffer[T]) full() bool {
	return len(b.items) > b.head && b.limit.exceeded(len(b.items)-b.head, b.bytes)
}

// add appends a batch. b.mu is held.
func (b *Buffer[T]) add(batch []T) {
	if len(b.items) == b.head {
		b.first = time.Now()
	}
	if b.items == nil {
		b.items, b.spare = b.spare, nil
	}
	b.makeRoom(len(batch))
	b.items = append(b.items, batch...)
	if b.size == nil {
		return
	}
	for i := range batch {
		b.bytes += int64(b.size(batch[i]))
	}
}

// letIn wakes the producers that wait for room. b.mu is held.
func (b *Buffer[T]) letIn() {
	if b.taken != nil {
		close(b.taken)
		b.taken = nil
	}
}

// makeRoom moves what is waiting to the front when half of the slice was dropped, so that it does not grow for ever.
func (b *Buffer[T]) makeRoom(extra int) {
	if b.head == 0 || len(b.items)+extra <= cap(b.items) || b.head < len(b.items)/2 {
		return
	}
	n := copy(b.items, b.items[b.head:])
	clear(b.items[n:])
	b.items, b.head = b.items[:n], 0
}

// dropOldest keeps the newest item whatever its size.
func (b *Buffer[T]) dropOldest() {
	var none T
	for len(b.items)-b.head > 1 && b.limit.exceeded(len(b.items)-b.head, b.bytes) {
		if b.size != nil {
			b.bytes -= int64(b.size(b.items[b.head]))
		}
		b.items[b.head] = none
		b.head++
		b.dropped++
	}
}

// Next waits for a first item, gathers for window more and takes all there is, with the number of items that were
// dropped since the call before. The window starts when the first item came and is not moved by later ones, so a
// steady trickle shows as promptly as a burst; it ends early when the limit is reached. When ctx ends it gives the context's error and leaves the items where
// they are; after Close it gives what is left at once, then ErrClosed. One reader at a time.
func (b *Buffer[T]) Next(ctx context.Context, window time.Duration) (items []T, dropped uint64, err error) {
	first, err := b.waitFirst(ctx)
	if err != nil {
		return nil, 0, err
	}
	if err := b.waitUntil(ctx, first.Add(window)); err != nil {
		return nil, 0, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	items, dropped = b.items[b.head:], b.dropped
	b.items, b.head, b.bytes, b.dropped = nil, 0, 0, 0
	b.letIn()
	return items, dropped, nil
}

// Recycle gives a slice that Next returned back to the buffer, which may fill it again. It is only a saving.
func (b *Buffer[T]) Recycle(items []T) {
	clear(items)
	b.mu.Lock()
	defer b.mu.Unlock()
	if cap(items) > cap(b.spare) {
		b.spare = items[:0]
	}
}

// Close ends the stream. It may be called more than once.
func (b *Buffer[T]) Close() {
	b.mu.Lock()
	b.closed = true
	b.letIn()
	b.mu.Unlock()
	b.signal()
}

// Closed tells whether Close was called.
func (b *Buffer[T]) Closed() bool {
	_, _, closed := b.state()
	return closed
}

func (b *Buffer[T]) waitFirst(ctx context.Context) (time.Time, error) {
	for {
		if err := ctx.Err(); err != nil {
			return time.Time{}, err
		}
		first, waiting, closed := b.state()
		if waiting {
			return first, nil
		}
		if closed {
			return time.Time{}, ErrClosed
		}
		select {
		case <-b.wake:
		case <-ctx.Done():
		}
	}
}

func (b *Buffer[T]) waitUntil(ctx context.Context, due time.Time) error {
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-b.wake:
			if b.over() {
				return nil
			}
		}
	}
}

func (b *Buffer[T]) state() (first time.Time, waiting, closed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.first, len(b.items) > b.head, b.closed
}

// over tells whether there is nothing to gather for any more.
func (b *Buffer[T]) over() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed || b.full()
}

func (b *Buffer[T]) signal() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}
