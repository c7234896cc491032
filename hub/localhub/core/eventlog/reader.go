package eventlog

import (
	"context"
	"sync"
)

// Reader reads one partition in order, from its position on. It is for one
// goroutine, but Close may be called from any.
type Reader struct {
	log  *Log
	p    *partition
	next int64 // sequence number
	// after, in ms, leaves out events that were enqueued before or at it, when
	// the position was a time that had not come yet.
	after int64

	out   []Record // what Next returned last, its memory to be used again
	chunk []Record // read from the file and not yet returned

	closeOnce sync.Once
	closed    chan struct{}
}

// OpenReader starts to read a partition. Errors: ErrNoPartition, and
// *PositionError when the position is beyond the end. A position that retention
// has passed by starts at the oldest event. The caller closes the reader.
func (l *Log) OpenReader(partition int, from Position) (*Reader, error) {
	p, err := l.partition(partition)
	if err != nil {
		return nil, err
	}
	next, after, err := l.locate(p, from)
	if err != nil {
		return nil, err
	}
	return &Reader{log: l, p: p, next: next, after: after, closed: make(chan struct{})}, nil
}

// Next returns up to max records, as soon as there is one. The slice is the
// reader's, and valid until the next call; the payloads in it stay valid. The
// error is that of ctx, ErrClosed, or one of the file.
func (r *Reader) Next(ctx context.Context, max int) ([]Record, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		records, wake, err := r.poll(max)
		if err != nil {
			return nil, err
		}
		if records = r.drop(records); len(records) > 0 {
			return records, nil
		}
		if wake == nil {
			continue // all that was read lies before the time asked for
		}
		select {
		case <-wake:
		case <-r.closed:
			return nil, ErrClosed
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Close ends a Next that waits, with ErrClosed.
func (r *Reader) Close() { r.closeOnce.Do(func() { close(r.closed) }) }

// poll returns what there is, or else a channel that is closed when there is
// something new.
func (r *Reader) poll(max int) ([]Record, <-chan struct{}, error) {
	select {
	case <-r.closed:
		return nil, nil, ErrClosed
	default:
	}
	if len(r.chunk) == 0 {
		records, wake, inTail, err := r.fromTail(max)
		if inTail || err != nil {
			return records, wake, err
		}
		if err := r.readChunk(); err != nil {
			return nil, nil, err
		}
	}
	n := min(max, len(r.chunk))
	records := r.chunk[:n:n]
	r.chunk = r.chunk[n:]
	r.advance(records)
	return records, nil, nil
}

// fromTail reads from memory; inTail is false when the file must be read.
func (r *Reader) fromTail(limit int) (records []Record, wake <-chan struct{}, inTail bool, err error) {
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, nil, false, ErrClosed
	}
	r.next = max(r.next, p.committed.begin) // retention may have passed by
	if r.next < p.tail.first {
		return nil, nil, false, nil
	}
	clear(r.out)
	r.out = p.tail.from(r.next, limit, r.out[:0])
	if len(r.out) > 0 {
		r.advance(r.out)
		return r.out, nil, true, nil
	}
	if p.wake == nil {
		p.wake = make(chan struct{})
	}
	return nil, p.wake, true, nil
}

func (r *Reader) advance(records []Record) {
	if len(records) > 0 {
		r.next = records[len(records)-1].Sequence + 1
	}
}

// drop leaves out what comes before the time asked for.
func (r *Reader) drop(records []Record) []Record {
	for len(records) > 0 && r.after > 0 {
		if records[0].Enqueued.UnixMilli() > r.after {
			r.after = 0 // time does not go back
			break
		}
		records = records[1:]
	}
	return records
}
