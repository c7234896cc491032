package upload

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
)

// Container is the name of the blob container of uploads, and so the first segment
// of every uploaded blob's path. No route of the hub's own API begins with it.
const Container = "uploads"

// Options of Open. The zero value of a field means its default.
type Options struct {
	// Dir is the folder that the files land in, made with mode 0700. Required.
	Dir string
	// Host gives the host name, with a port that is not 443, that devices reach
	// the blobs at. Required.
	Host func() string
	// TTL is how long an upload may take before its URL ends. Default 1 hour.
	TTL time.Duration
	// MaxBlob bounds a file, in bytes. Default 1 GiB.
	MaxBlob int64
	// MaxTotal bounds all files of the folder together, with blocks that no list
	// has named yet, in bytes. While a list's blocks are joined they take their
	// room twice. Default 10 GiB.
	MaxTotal int64
	// StallTimeout is how long a client may send nothing in mid-body. Default 30 s.
	StallTimeout time.Duration
	// Notify queues a notification, durably. Default: none are made.
	Notify func(context.Context, core.FileNotification) error
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Logger gets failures of the disk and uploads that ended in an odd way.
	// Default: nothing.
	Logger *slog.Logger
}

const (
	defaultTTL     = time.Hour
	defaultMaxBlob = 1 << 30
	defaultTotal   = 10 << 30
	defaultStall   = 30 * time.Second
	keyBytes       = 32
)

func (o Options) withDefaults() Options {
	if o.TTL <= 0 {
		o.TTL = defaultTTL
	}
	if o.MaxBlob <= 0 {
		o.MaxBlob = defaultMaxBlob
	}
	if o.MaxTotal <= 0 {
		o.MaxTotal = defaultTotal
	}
	if o.StallTimeout <= 0 {
		o.StallTimeout = defaultStall
	}
	if o.Notify == nil {
		o.Notify = func(context.Context, core.FileNotification) error { return nil }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Service is the file upload of one hub. Its methods may be called concurrently.
type Service struct {
	*Blobs
	db *store.DB
}

// Open opens the uploads kept in db and in the folder o.Dir. The caller closes it
// before db.
func Open(db *store.DB, o Options) (*Service, error) {
	blobs, err := openBlobs(db, Container, o)
	if err != nil {
		return nil, err
	}
	return &Service{blobs, db}, nil
}

// Blobs are the files below one first segment of the URL, and the endpoint that
// blob clients reach them at.
type Blobs struct {
	o    Options
	tree string // the first segment
	root *os.Root
	key  []byte // signs URLs; never changes

	mu     sync.Mutex
	staged map[string]*stage // by the stage's folder

	appending sync.Mutex // held while a file that is appended to changes

	room room
}

func openBlobs(db *store.DB, tree string, o Options) (*Blobs, error) {
	o = o.withDefaults()
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of %s: %w", tree, err)
	}
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder of %s: %w", tree, err)
	}
	s := &Blobs{o: o, tree: tree, root: root, staged: make(map[string]*stage), room: room{limit: o.MaxTotal}}
	if err := s.load(db); err != nil {
		return nil, errors.Join(fmt.Errorf("open the %s in %s: %w", tree, db.Path(), err), root.Close())
	}
	s.sweep()
	return s, nil
}

// Close lets go of the folder. Requests must have ended.
func (s *Blobs) Close() error {
	if err := s.root.Close(); err != nil {
		return fmt.Errorf("close the folder of %s: %w", s.tree, err)
	}
	return nil
}

// load reads the signing key, or makes it together with the bucket.
func (s *Blobs) load(db *store.DB) error {
	fresh := make([]byte, keyBytes)
	_, _ = rand.Read(fresh) // never fails since Go 1.24
	return db.Update(context.Background(), func(tx *bbolt.Tx) error {
		if b := tx.Bucket(bucket); b != nil {
			key, err := store.Unseal(b.Get(keyOfKey))
			s.key = append([]byte(nil), key...)
			return err
		}
		b, err := tx.CreateBucket(bucket)
		if err == nil {
			err = b.Put(keyOfKey, store.Seal(fresh))
		}
		s.key = fresh
		return store.Abort(err)
	})
}

func (s *Blobs) now() time.Time { return s.o.Now().UTC() }
