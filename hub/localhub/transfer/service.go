package transfer

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
	"hubscope/hub/localhub/upload"
	"hubscope/hub/wire"
)

// Hub is what exports read; *core.Hub is one.
type Hub interface {
	Devices(after string, n int) ([]wire.Device, error)
	Modules(deviceID string) ([]wire.Module, error)
	Twin(id core.ID) (wire.Twin, error)
	RegistryStatistics() wire.RegistryStatistics
}

// Configurations are automatic device management; *adm.Service is one.
type Configurations interface {
	List(n int) ([]wire.Configuration, error)
	Configuration(id string) (wire.Configuration, error)
	Create(ctx context.Context, c wire.Configuration) (wire.Configuration, error)
	Update(ctx context.Context, c wire.Configuration, ifMatch string) (wire.Configuration, error)
	Delete(ctx context.Context, id, ifMatch string) error
}

// Containers open container URIs; *upload.Containers is one.
type Containers interface {
	Open(uri *url.URL, permissions string, trusted bool) (*upload.Folder, error)
}

// Options of Open. The zero value of a field means its default.
type Options struct {
	// Hub, Containers and Configurations are required.
	Hub            Hub
	Containers     Containers
	Configurations Configurations
	// Import does items of POST /devices and gives what was refused, in the order of
	// the items; an error is one of the hub itself. Required.
	Import func(ctx context.Context, items []wire.BulkItem) ([]wire.BulkError, error)
	// Host gives the host of container URIs, for messages. Required.
	Host func() string
	// Dir is a folder for files of a job that runs. Required.
	Dir string
	// History is how long a job that has ended is kept. Default 30 days (protocol 9).
	History time.Duration
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Logger gets failures of the hub itself. Default: nothing.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
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

// Service is the import and export jobs of one hub. Its methods may be called
// concurrently.
type Service struct {
	o        Options
	db       *store.DB
	emulator *http.Client
	ctx      context.Context
	stop     context.CancelFunc
	running  sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	active   string // the job that runs, "" for none
	cancel   context.CancelCauseFunc
	progress int // of the active job, in percent
}

// Open opens the jobs kept in db and goes on with one that has not ended. The caller
// closes it before the hub, the containers and db.
func Open(db *store.DB, o Options) (*Service, error) {
	o = o.withDefaults()
	s := &Service{o: o, db: db, emulator: newEmulatorClient()}
	s.ctx, s.stop = context.WithCancel(context.Background())
	open := ""
	err := db.Update(s.ctx, func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucket)
		if err == nil {
			_, err = tx.CreateBucketIfNotExists(errorsBucket)
		}
		return store.Abort(err)
	})
	if err == nil {
		err = db.View(func(tx *bbolt.Tx) (err error) { open, err = openJob(tx); return err })
	}
	if err == nil {
		err = os.MkdirAll(o.Dir, 0o700)
	}
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("open the import and export jobs in %s: %w", db.Path(), err)
	}
	s.removeSpools()
	if open != "" {
		s.start(open)
	}
	return s, nil
}

// Close stops a job where it is, to go on when the hub is opened again, and waits
// for it.
func (s *Service) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.running.Wait()
	s.emulator.CloseIdleConnections()
	return nil
}

// start runs a job in its own goroutine.
func (s *Service) start(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	ctx, cancel := context.WithCancelCause(s.ctx)
	s.active, s.cancel, s.progress = id, cancel, 0
	s.running.Go(func() {
		defer cancel(nil)
		s.run(ctx, id)
	})
}

// idle is for a job that has ended in the store, which another one may follow at
// once.
func (s *Service) idle(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active == id {
		s.active, s.cancel = "", nil
	}
}

func (s *Service) advance(id string, done, total int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active == id && total > 0 {
		s.progress = int(min(99, 100*done/total))
	}
}

func (s *Service) now() wire.Time {
	return wire.Time{Time: s.o.Now().UTC().Truncate(100 * time.Nanosecond)}
}

const spoolPrefix = "transfer-"

// spool is a file for what a job writes before it goes to its container.
func (s *Service) spool() (*os.File, func(), error) {
	f, err := os.CreateTemp(s.o.Dir, spoolPrefix)
	if err != nil {
		return nil, nil, err
	}
	return f, func() { _ = f.Close(); _ = os.Remove(f.Name()) }, nil
}

// removeSpools removes what a hub that died has left.
func (s *Service) removeSpools() {
	left, _ := filepath.Glob(filepath.Join(s.o.Dir, spoolPrefix+"*"))
	for _, path := range left {
		_ = os.Remove(path)
	}
}
