package store

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
)

// Options say how a DB is opened. The zero value is usable.
type Options struct {
	// Queue is how many writes may wait for the writer before Submit blocks.
	// Default 4096.
	Queue int
	// LockTimeout is how long Open waits for another process to let go of the
	// file. Default 200 ms.
	LockTimeout time.Duration
	// NoSync leaves out fsync: for benchmarks that want the cost of the disk
	// taken away. What was acknowledged may then be lost.
	NoSync bool
	// Logger is told of damage that is found in a large file while it is in use.
	// Default: nothing.
	Logger *slog.Logger

	atOnce int64 // the largest file that is looked through first; 0: maxVerify
}

const (
	defaultQueue       = 4096
	defaultLockTimeout = 200 * time.Millisecond
)

// DB is an open state file. Its methods may be called concurrently.
type DB struct {
	bolt *bbolt.DB
	file *os.File // bbolt's
	path string
	// broken is set when bbolt died in a write: it may hold its locks for ever,
	// and is not called any more.
	broken atomic.Pointer[error]

	queue chan write
	// closing is closed first, so that no write is queued after the writer has
	// drained the queue.
	closing  chan struct{}
	stopped  chan struct{}
	checking sync.WaitGroup // the file is being looked through

	// senders is held for reading while a write is being queued, and for
	// writing by Close: after it, the queue has no more senders.
	senders   sync.RWMutex
	closeOnce sync.Once
	closeErr  error
}

// write is one queued operation.
type write struct {
	op   func(*bbolt.Tx) error
	done func(error)
	err  error
}

// Path is where the file is.
func (db *DB) Path() string { return db.path }

// View runs fn on a consistent snapshot of the committed state. What fn got
// from tx must not be used after it returned. Damage that shows up while
// reading is reported as ErrDamaged.
func (db *DB) View(fn func(*bbolt.Tx) error) error {
	if broken := db.broken.Load(); broken != nil {
		return *broken
	}
	return guard(db.path, "read", func() error { return db.bolt.View(fn) })
}

// Update runs op in the next commit and returns when it is durable, or with the
// error of op. When ctx ends before op has its turn, op is not carried out; once
// it runs, Update waits for its end.
//
// Op shares its transaction with others: it must check everything and return
// its error before its first write. An op that fails after a write returns its
// error through Abort, which makes the whole commit fail, as a panic does.
func (db *DB) Update(ctx context.Context, op func(*bbolt.Tx) error) error {
	return db.UpdateThen(ctx, op, func() {})
}

// UpdateThen is Update, and calls committed on the writer goroutine, before it
// returns, when op is durable. Committed must not block.
func (db *DB) UpdateThen(ctx context.Context, op func(*bbolt.Tx) error, committed func()) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	result := make(chan error, 1)
	var turn turn
	db.Submit(turn.taken(op), func(err error) {
		if err == nil {
			committed()
		}
		result <- err
	})
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		if turn.giveUp() {
			return context.Cause(ctx)
		}
		return <-result
	}
}

// Submit queues op for the next commit and returns at once, or, when the queue
// is full, as soon as there is room. Done is called exactly once, with nil when
// op is durable, in the order of submission; it runs on the writer goroutine
// (on the caller's after Close) and must not block. The rules for op are those
// of Update.
func (db *DB) Submit(op func(*bbolt.Tx) error, done func(error)) {
	db.senders.RLock()
	defer db.senders.RUnlock()
	select {
	case <-db.closing:
		done(ErrClosed)
		return
	default:
	}
	select {
	case db.queue <- write{op: op, done: done}:
	case <-db.closing:
		done(ErrClosed)
	}
}

// Close carries out what is queued, stops the writer and closes the file. It
// may be called more than once.
func (db *DB) Close() error {
	db.closeOnce.Do(func() {
		close(db.closing)
		db.senders.Lock() // wait for those who are queueing
		close(db.queue)
		db.senders.Unlock()
		<-db.stopped
		if db.broken.Load() == nil {
			db.checking.Wait()
		}
		db.closeErr = db.closeFile()
	})
	return db.closeErr
}

func (db *DB) closeFile() error {
	if db.broken.Load() != nil {
		return abandon(db.file)
	}
	return guard(db.path, "close", db.bolt.Close)
}
