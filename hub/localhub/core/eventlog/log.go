package eventlog

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"hubscope/hub/localhub/core/d2c"
	"hubscope/hub/localhub/store"
)

// Options describe a log. All fields but Now and Logger must be set.
type Options struct {
	// Partitions is their number; it must be that of the state.
	Partitions int
	// Retention is how long an event is kept.
	Retention time.Duration
	// RetentionBytes bounds the events on disk, all partitions together. Each
	// has its equal share.
	RetentionBytes int64
	// TailBytes bounds the newest events that are also kept in memory, all
	// partitions together.
	TailBytes int64
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Logger is told of what can not be told to a caller. Default: nobody.
	Logger *slog.Logger
}

// maxPending bounds what waits for the next commit, in bytes. Append blocks
// beyond it.
const maxPending = 16 << 20

// Log is an open event log. Its methods may be called concurrently.
type Log struct {
	db         *store.DB
	o          Options
	partitions []*partition

	mu   sync.Mutex
	room sync.Cond // pending was taken, or the log was closed
	// pending waits for the next commit, in order of arrival.
	pending      []item
	pendingBytes int
	scheduled    bool // a flush is queued at the store
	closed       bool

	// Owned by the store's writer goroutine:
	spare    []item   // the slice of the last commit, to be used again
	inflight [][]item // flushed, not yet committed

	sweeper sweeper
}

// item is an event on its way to the disk.
type item struct {
	partition int
	draft     d2c.Draft
	done      func(error)
}

// Open opens the log in db, and makes it when it is new. The caller closes the
// log before db.
func Open(db *store.DB, o Options) (*Log, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	l := &Log{db: db, o: o}
	l.room.L = &l.mu
	states, err := loadStates(db, o.Partitions)
	if err != nil {
		return nil, err
	}
	for id, s := range states {
		l.partitions = append(l.partitions, newPartition(id, s, o.TailBytes/int64(o.Partitions)))
	}
	l.sweeper.start(l)
	return l, nil
}

// Append adds an event to a partition. Done is called exactly once, with nil
// when the event is durable; it runs on the store's writer goroutine, or on the
// caller's when the log is closed, and must not block. Events of one caller keep
// their order. Append blocks while too much waits for the disk.
func (l *Log) Append(partition int, draft d2c.Draft, done func(error)) {
	l.mu.Lock()
	for l.pendingBytes >= maxPending && !l.closed {
		l.room.Wait()
	}
	if l.closed {
		l.mu.Unlock()
		done(ErrClosed)
		return
	}
	l.pending = append(l.pending, item{partition, draft, done})
	l.pendingBytes += draft.Size()
	first := !l.scheduled
	l.scheduled = true
	l.mu.Unlock()
	if first {
		// One operation for whatever has gathered by the time it runs.
		l.db.Submit(l.flush, l.flushed)
	}
}

// Partition tells the state of a partition. The error is ErrNoPartition.
func (l *Log) Partition(id int) (PartitionInfo, error) {
	p, err := l.partition(id)
	if err != nil {
		return PartitionInfo{}, err
	}
	return p.info(), nil
}

func (l *Log) partition(id int) (*partition, error) {
	if id < 0 || id >= len(l.partitions) {
		return nil, ErrNoPartition
	}
	return l.partitions[id], nil
}

// Close refuses new events, waits until those accepted are durable or refused,
// and ends all readers. The error is that of ctx.
func (l *Log) Close(ctx context.Context) error {
	l.mu.Lock()
	l.closed = true
	l.room.Broadcast()
	l.mu.Unlock()
	l.sweeper.stop()
	for _, p := range l.partitions {
		p.close()
	}
	// What was accepted is queued at the store before this.
	err := l.db.Update(ctx, barrier)
	if errors.Is(err, errBarrier) || errors.Is(err, store.ErrClosed) {
		return nil
	}
	return err
}
