package queue

import (
	"errors"
	"log/slog"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

// Options of a Set. LockTime, MaxDeliveries, Now and Logger are required.
type Options struct {
	// Bucket is the name of the top-level bucket that Make makes.
	Bucket string
	// LockTime is how long a lock lasts.
	LockTime time.Duration
	// MaxDeliveries is how often an item may be abandoned before it is dead.
	MaxDeliveries int
	Now           func() time.Time
	Logger        *slog.Logger
	// Gone is called in the transaction that takes an item out of its queue, for
	// all reasons but Drop. Nil does nothing.
	Gone func(tx *bbolt.Tx, queue string, item Item, why Reason) error
	// Ready is called, not from within the caller's calls, when an item of a queue
	// became free again. It must not block. Nil does nothing.
	Ready func(queue string)
	// Committed is called after a transaction in which Gone was called. It must not
	// block. Nil does nothing.
	Committed func()
}

// Item is an item of a queue.
type Item struct {
	// Sequence rises from item to item, over all queues of the set.
	Sequence uint64
	Enqueued time.Time
	Expiry   time.Time // when it dies; always set
	// Deliveries is how often the item was abandoned.
	Deliveries int
	Data       []byte
}

// Reason is why an item left its queue.
type Reason uint8

// The reasons.
const (
	Completed Reason = iota
	Rejected
	Expired
	TooManyDeliveries
	Purged
)

// ErrLockLost says that a lock has run out, or never was.
var ErrLockLost = errors.New("the lock is lost")

// Set is any number of queues by name, with the same rules. A name must not be
// empty and may hold one zero byte, not at its end. Its methods may be called
// concurrently.
type Set struct {
	db *store.DB
	o  Options

	mu     sync.Mutex
	queues map[string]*locks // only those with locks
	closed bool

	wake chan struct{} // buffered 1: look at the expiry index again
	stop chan struct{}
	done chan struct{}
}

// Make makes the buckets of a set in a new state. Writer goroutine.
func Make(tx *bbolt.Tx, bucket string) error {
	top, err := tx.CreateBucket([]byte(bucket))
	if err != nil {
		return err
	}
	if _, err := top.CreateBucket(itemsBucket); err != nil {
		return err
	}
	_, err = top.CreateBucket(expiryBucket)
	return err
}

// Open starts a set whose buckets are there. The caller closes it.
func Open(db *store.DB, o Options) *Set {
	s := &Set{
		db: db, o: o, queues: make(map[string]*locks),
		wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	go s.sweep()
	return s
}

// Close ends all locks and the goroutine of the set. It must be called before
// the store is closed.
func (s *Set) Close() {
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	for _, l := range s.queues {
		l.release()
	}
	clear(s.queues)
	s.mu.Unlock()
	if !closed {
		close(s.stop)
	}
	<-s.done
}

// look makes the sweeper look again.
func (s *Set) look() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *Set) ready(queue string) {
	if s.o.Ready != nil {
		s.o.Ready(queue)
	}
}

func (s *Set) gone(tx *bbolt.Tx, queue string, item Item, why Reason) error {
	if s.o.Gone == nil {
		return nil
	}
	return s.o.Gone(tx, queue, item, why)
}

func (s *Set) committed() {
	if s.o.Committed != nil {
		s.o.Committed()
	}
}
