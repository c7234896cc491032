package eventlog

import (
	"errors"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

// flush writes all that is pending. It runs as one operation on the store's
// writer goroutine, which owns the partitions' next state.
func (l *Log) flush(tx *bbolt.Tx) error {
	items := l.take()
	l.inflight = append(l.inflight, items)
	now := l.o.Now().UnixMilli()
	for i := range items {
		l.partitions[items[i].partition].stamp(items[i].draft, now)
	}
	limit := l.o.RetentionBytes / int64(len(l.partitions))
	for _, p := range l.partitions {
		if !p.touched() {
			continue
		}
		if err := p.write(tx, limit); err != nil {
			return store.Abort(err)
		}
	}
	return nil
}

// take empties pending and lets blocked senders go on.
func (l *Log) take() []item {
	l.mu.Lock()
	defer l.mu.Unlock()
	items := l.pending
	l.pending, l.spare = l.spare[:0], nil
	l.pendingBytes = 0
	l.scheduled = false
	l.room.Broadcast()
	return items
}

// flushed ends a flush: it shows the events to readers, or forgets that they had
// a place, and then tells their senders. Writer goroutine.
func (l *Log) flushed(err error) {
	items := l.flushedItems()
	l.settle(err)
	for i := range items {
		items[i].done(err)
	}
	clear(items)
	l.spare = items
}

// flushedItems are those of the flush that just ended; if it never ran, because
// the store could not begin a transaction, those that still wait for it.
func (l *Log) flushedItems() []item {
	if len(l.inflight) == 0 {
		return l.take()
	}
	items := l.inflight[0]
	l.inflight = l.inflight[1:]
	return items
}

// settle makes the outcome of a transaction that of all partitions. Writer
// goroutine.
func (l *Log) settle(err error) {
	for _, p := range l.partitions {
		if err != nil {
			p.rollback()
		} else {
			p.publish()
		}
	}
}

// errBarrier lets an operation pass through the store's queue without a commit.
var errBarrier = errors.New("nothing to write")

func barrier(*bbolt.Tx) error { return errBarrier }
