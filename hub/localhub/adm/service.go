package adm

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/query"
	"hubscope/hub/localhub/store"
)

// Hub is what configurations are applied to; *core.Hub is one.
type Hub interface {
	MarkTwins(on bool)
	OnMarked(fn func())
	Mark(ctx context.Context, ids []core.ID) error
	Reconcile(ctx context.Context, from string, n int, decide core.Decide) (taken int, next string, err error)
	ScanDevices(ctx context.Context, in core.Range, visit func(*core.StoredTwin) (more bool)) error
	ScanModules(ctx context.Context, in core.Range, visit func(*core.StoredTwin) (more bool)) error
}

// Language finds the devices and modules that a condition means, and counts for
// the metrics; *selection.Language is one.
type Language interface {
	IDs(ctx context.Context, c *query.Condition) iter.Seq2[[]core.ID, error]
	Count(ctx context.Context, text string) (int64, error)
}

// Options of Open. The zero value of a field means its default.
type Options struct {
	// Hub and Language are required. The hub's store must be the one given to Open.
	Hub      Hub
	Language Language
	// Every is how long after a round of changes the next one begins at the
	// earliest. The service does it every five minutes. Default 1 s.
	Every time.Duration
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Logger gets what could not be applied. Default: nothing.
	Logger *slog.Logger
}

// Service is the configurations of one hub. Its methods may be called
// concurrently.
type Service struct {
	o       Options
	db      *store.DB
	stop    context.CancelFunc
	stopped chan struct{}
	changed chan struct{} // holds one: there is something to do

	mu      sync.Mutex
	results map[string]results // by configuration id, of the last time
}

var (
	bucket = []byte("configurations") // id -> wire.Configuration
	// pendingBucket has the ids of configurations that were made, changed or deleted,
	// as long as the twins that this concerns are not all marked; with a number that
	// every change raises.
	pendingBucket = []byte("configurations-pending")
)

// Open opens the configurations kept in db and goes on to apply them. The caller
// closes it before the hub and db, and lets nobody write twins before it is open.
func Open(db *store.DB, o Options) (*Service, error) {
	if o.Every <= 0 {
		o.Every = time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Service{o: o, db: db, stopped: make(chan struct{}), changed: make(chan struct{}, 1), results: map[string]results{}}
	if err := db.Update(context.Background(), s.makeBuckets); err != nil {
		return nil, fmt.Errorf("open the configurations in %s: %w", db.Path(), err)
	}
	o.Hub.OnMarked(s.soon)
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	s.soon() // what was left undone
	go s.run(ctx)
	return s, nil
}

// makeBuckets also has twins marked, if there is a configuration. In a state that
// has no notes of what is pending, everything is.
func (s *Service) makeBuckets(tx *bbolt.Tx) error {
	b, err := tx.CreateBucketIfNotExists(bucket)
	if err != nil {
		return store.Abort(err)
	}
	s.o.Hub.MarkTwins(count(b) > 0)
	if tx.Bucket(pendingBucket) != nil {
		return nil
	}
	_, err = tx.CreateBucket(pendingBucket)
	c := b.Cursor()
	for id, _ := c.First(); id != nil; id, _ = c.Next() {
		err = errors.Join(err, s.putPending(tx, string(id)))
	}
	return store.Abort(err)
}

// Close stops to apply configurations, which goes on when they are opened again.
func (s *Service) Close() error {
	s.stop()
	<-s.stopped
	return nil
}

// soon has the worker look for something to do.
func (s *Service) soon() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// run is the worker. With nothing to do it waits, and costs nothing.
func (s *Service) run(ctx context.Context) {
	defer close(s.stopped)
	m := measuring{due: true} // what was counted before the start is not kept
	for {
		select {
		case <-s.changed:
		case <-m.wait():
		case <-ctx.Done():
			return
		}
		worked, err := s.round(ctx)
		m.due = m.due || worked
		if err == nil && m.due && !m.mustWait() {
			err = m.run(func() error { return s.measure(ctx) })
		}
		if err != nil && ctx.Err() == nil {
			s.o.Logger.Warn("apply configurations", "error", err)
		}
		pause(ctx, s.o.Every)
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
