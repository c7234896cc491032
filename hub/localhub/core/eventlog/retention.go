package eventlog

import (
	"context"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

// maxTrim bounds how many blocks one transaction takes out of a partition.
const maxTrim = 256

// trim takes out the oldest blocks while tooMuch says so, at most maxTrim, but
// never one that readers of the running transaction's own events would miss.
// Writer goroutine.
func (p *partition) trim(events *bbolt.Bucket, tooMuch func(blockHead) bool) error {
	s := &p.writing
	kept := s.next - int64(len(p.fresh)) // what is being written stays
	for range maxTrim {
		key, value := events.Cursor().First()
		if key == nil {
			return nil
		}
		head, err := readHead(key, value)
		if err != nil {
			return err
		}
		if head.first >= kept || !tooMuch(head) {
			return nil
		}
		size := int64(len(value))
		if err := events.Delete(key); err != nil {
			return err
		}
		s.bytes -= size
		s.begin = head.first + head.count
	}
	return nil
}

// expire takes out what is older than the retention time, as much as one
// transaction should. Writer goroutine.
func (l *Log) expire(tx *bbolt.Tx) error {
	before := l.expiryLimit()
	for _, p := range l.partitions {
		begin := p.writing.begin
		events, err := p.events(tx)
		if err != nil {
			return store.Abort(err)
		}
		if err := p.trim(events, func(h blockHead) bool { return h.newest < before }); err != nil {
			return store.Abort(err)
		}
		if p.writing.begin == begin {
			continue
		}
		if err := p.writeState(tx); err != nil {
			return store.Abort(err)
		}
	}
	return nil
}

// expiryLimit is the enqueued time, in ms, of the oldest event to keep.
func (l *Log) expiryLimit() int64 { return l.o.Now().Add(-l.o.Retention).UnixMilli() }

// sweeper applies the retention time now and then.
type sweeper struct {
	cancel context.CancelFunc
	done   chan struct{}
}

func (s *sweeper) start(l *Log) {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.done = cancel, make(chan struct{})
	every := min(max(l.o.Retention/20, time.Second), time.Minute)
	go func() {
		defer close(s.done)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			l.sweep(ctx)
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
		}
	}()
}

func (s *sweeper) stop() {
	s.cancel()
	<-s.done
}

// sweep repeats expire until nothing is left to take out. It does not write, nor
// wake the disk, when nothing is.
func (l *Log) sweep(ctx context.Context) {
	for ctx.Err() == nil && l.hasExpired() {
		done := make(chan error, 1)
		l.db.Submit(l.expire, func(err error) { l.settle(err); done <- err })
		if err := <-done; err != nil {
			l.o.Logger.Warn("apply the retention time to events", "error", err)
			return
		}
	}
}

// hasExpired tells whether a partition's oldest block is past its time.
func (l *Log) hasExpired() bool {
	expired := false
	err := l.db.View(func(tx *bbolt.Tx) error {
		before := l.expiryLimit()
		for _, p := range l.partitions {
			events, err := p.events(tx)
			if err != nil {
				return err
			}
			if key, value := events.Cursor().First(); key != nil {
				head, err := readHead(key, value)
				if err != nil {
					return err
				}
				expired = expired || head.newest < before
			}
		}
		return nil
	})
	if err != nil {
		l.o.Logger.Warn("look for events past the retention time", "error", err)
	}
	return expired && err == nil
}
