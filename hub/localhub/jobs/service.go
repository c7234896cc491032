package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/query"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

// Hub is what jobs do to devices; *core.Hub is one.
type Hub interface {
	PatchTwin(ctx context.Context, id core.ID, p core.TwinPatch, ifMatch string) (wire.Twin, error)
	InvokeMethod(ctx context.Context, id core.ID, call core.MethodCall) (core.MethodResult, error)
	// Ask is asked before either of the two.
	Ask(ctx context.Context, a core.Act) error
}

// Language finds the devices and modules that a condition means;
// *selection.Language is one.
type Language interface {
	IDs(ctx context.Context, c *query.Condition) iter.Seq2[[]core.ID, error]
}

// Options of Open. The zero value of a field means its default.
type Options struct {
	// Hub and Language are required.
	Hub      Hub
	Language Language
	// Running is how many jobs run at a time; others are queued. Default 10
	// (protocol 9).
	Running int
	// Workers is how many devices of a job are worked on at a time. Default 10.
	Workers int
	// History is how long a job that has ended is kept. Default 30 days
	// (protocol 9).
	History time.Duration
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Logger gets failures of the hub itself. Default: nothing.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Running <= 0 {
		o.Running = 10
	}
	if o.Workers <= 0 {
		o.Workers = 10
	}
	if o.History <= 0 {
		o.History = 30 * 24 * time.Hour
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Service is the scheduled jobs of one hub. Its methods may be called
// concurrently.
type Service struct {
	o       Options
	db      *store.DB
	slots   chan struct{} // one for each job that runs
	ctx     context.Context
	stop    context.CancelFunc
	running sync.WaitGroup

	mu     sync.Mutex
	active map[string]context.CancelCauseFunc // by job id; nil after Close
}

// Open opens the jobs kept in db and goes on with those that have not ended. The
// caller closes it before the hub and db.
func Open(db *store.DB, o Options) (*Service, error) {
	o = o.withDefaults()
	s := &Service{o: o, db: db, slots: make(chan struct{}, o.Running), active: make(map[string]context.CancelCauseFunc)}
	s.ctx, s.stop = context.WithCancel(context.Background())
	err := db.Update(s.ctx, func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(jobsBucket)
		if err == nil {
			_, err = tx.CreateBucketIfNotExists(itemsBucket)
		}
		return store.Abort(err)
	})
	var open []string
	if err == nil {
		open, err = s.openJobs()
	}
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("open the jobs in %s: %w", db.Path(), err)
	}
	for _, id := range open {
		s.start(id)
	}
	s.running.Go(s.forget)
	return s, nil
}

// Close stops all jobs where they are, to go on when the hub is opened again, and
// waits for them.
func (s *Service) Close() error {
	s.mu.Lock()
	s.active = nil
	s.mu.Unlock()
	s.stop()
	s.running.Wait()
	return nil
}

// start runs a job in its own goroutine.
func (s *Service) start(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active == nil {
		return
	}
	ctx, cancel := context.WithCancelCause(s.ctx)
	s.active[id] = cancel
	s.running.Go(func() {
		defer cancel(nil)
		s.run(ctx, id)
		s.mu.Lock()
		delete(s.active, id)
		s.mu.Unlock()
	})
}

// openJobs lists the jobs that have something left to do.
func (s *Service) openJobs() (ids []string, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(jobsBucket).ForEach(func(key, value []byte) error {
			var r record
			if err := unseal(value, &r); err != nil {
				return err
			}
			if r.Open {
				ids = append(ids, string(key))
			}
			return nil
		})
	})
	return ids, err
}

func (s *Service) now() wire.Time {
	return wire.Time{Time: s.o.Now().UTC().Truncate(100 * time.Nanosecond)}
}

// unseal reads a stored document.
func unseal(value []byte, v any) error {
	text, err := store.Unseal(value)
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		return fmt.Errorf("%w: a job: %w", store.ErrDamaged, err)
	}
	return nil
}

func put(b *bbolt.Bucket, key []byte, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode a job: %w", err)
	}
	return b.Put(key, store.Seal(text))
}
