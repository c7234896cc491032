package adm

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

// Hub is what configurations are applied to; *core.Hub is one.
type Hub interface {
	Twins(after string, n int) (items []wire.Twin, next string, err error)
	ModuleTwins(after core.ID, n int) (items []wire.Twin, next core.ID, err error)
	ApplyConfigurations(ctx context.Context, id core.ID, desired json.RawMessage, statuses map[string]string) error
}

// Options of Open. The zero value of a field means its default.
type Options struct {
	// Hub and Query are required.
	Hub   Hub
	Query selection.Query
	// Every is how often configurations are applied to what has changed. The
	// service does it every five minutes. Default 2 s, and at least 20 times as
	// long as it takes.
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
	changed chan struct{} // holds one: apply soon

	mu      sync.Mutex
	results map[string]results // by configuration id, of the last time
}

// results are the metrics of a configuration.
type results struct {
	targeted, applied int64
	custom            map[string]int64
}

var bucket = []byte("configurations") // id -> wire.Configuration

// Open opens the configurations kept in db and begins to apply them. The caller
// closes it before the hub and db.
func Open(db *store.DB, o Options) (*Service, error) {
	if o.Every <= 0 {
		o.Every = 2 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Service{o: o, db: db, stopped: make(chan struct{}), changed: make(chan struct{}, 1), results: map[string]results{}}
	err := db.Update(context.Background(), func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucket)
		return store.Abort(err)
	})
	if err != nil {
		return nil, fmt.Errorf("open the configurations in %s: %w", db.Path(), err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	go s.run(ctx)
	return s, nil
}

// Close stops to apply configurations.
func (s *Service) Close() error {
	s.stop()
	<-s.stopped
	return nil
}

// soon has configurations applied at once.
func (s *Service) soon() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

func (s *Service) run(ctx context.Context) {
	defer close(s.stopped)
	had := true // twins may say things of configurations that were deleted
	for {
		began := time.Now()
		n, err := s.apply(ctx, had)
		if err != nil && ctx.Err() == nil {
			s.o.Logger.Warn("apply configurations", "error", err)
		}
		had = n > 0 || err != nil
		timer := time.NewTimer(max(s.o.Every, 20*time.Since(began)))
		select {
		case <-timer.C:
		case <-s.changed:
			timer.Stop()
			had = true
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}
