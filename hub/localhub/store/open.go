package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"syscall"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// formatVersion is the layout of the file that this program reads and writes.
// It is raised when older programs could not make sense of a newer file.
const formatVersion = 1

// magic tells our file from a bbolt file of somebody else.
const magic = "hubscope local hub"

var (
	metaBucket = []byte("meta")
	keyMagic   = []byte("magic")
	keyVersion = []byte("version")
)

// Open opens the file at path, makes it (mode 0600) when there is none, and
// starts the writer. Errors: ErrLocked, ErrDamaged, ErrVersion and those of the
// file system, each wrapped in a sentence with the path. An existing file that
// can not be understood is left as it is.
func Open(path string, o Options) (*DB, error) {
	if o.Queue <= 0 {
		o.Queue = defaultQueue
	}
	if o.LockTimeout <= 0 {
		o.LockTimeout = defaultLockTimeout
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.atOnce <= 0 {
		o.atOnce = maxVerify
	}
	if err := ensureFile(path, o); err != nil {
		return nil, err
	}
	bolt, file, err := openBolt(path, o)
	if err != nil {
		return nil, err
	}
	rest, err := verify(file, o.atOnce)
	if err != nil {
		err = damaged(path, err)
	} else {
		err = guard(path, "open", func() error { return checkFormat(path, bolt) })
	}
	if err != nil {
		_ = guard(path, "close", bolt.Close)
		return nil, err
	}
	db := &DB{
		bolt: bolt, file: file, path: path,
		queue:   make(chan write, o.Queue),
		closing: make(chan struct{}), stopped: make(chan struct{}),
	}
	if rest {
		err = db.verifyLater(o.Logger)
	}
	go db.run()
	if err != nil {
		return nil, errors.Join(damaged(path, err), db.Close())
	}
	return db, nil
}

// openBolt opens and locks the file and explains why it could not. The file is
// returned besides, since bbolt leaves it open, and locked, when it panics.
func openBolt(path string, o Options) (*bbolt.DB, *os.File, error) {
	var bolt *bbolt.DB
	var file *os.File
	err := guard(path, "open", func() (err error) {
		bolt, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout:      o.LockTimeout,
			FreelistType: bbolt.FreelistMapType,
			NoSync:       o.NoSync,
			NoStatistics: true,
			OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
				file, err = os.OpenFile(name, flag, mode)
				return file, err
			},
		})
		return err
	})
	if err == nil {
		return bolt, file, nil
	}
	_ = abandon(file)
	return nil, nil, explainOpen(path, err)
}

// explainOpen makes a sentence of what bbolt and the file system say.
func explainOpen(path string, err error) error {
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return &pathError{Path: path, Kind: ErrLocked, Hint: "stop the other hub, or choose another state folder"}
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.EISDIR), errors.Is(err, syscall.ENOTDIR):
		return permission(path, err)
	case errors.Is(err, ErrDamaged):
		return err
	}
	var pe *os.PathError
	if errors.As(err, &pe) {
		return permission(path, err)
	}
	// Whatever else bbolt says of a file that it could open and lock is about
	// its content.
	return damaged(path, err)
}

// checkFormat reads the version record.
func checkFormat(path string, bolt *bbolt.DB) error {
	return bolt.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(metaBucket)
		if meta == nil {
			return damaged(path, errors.New("it is not a state file of this program"))
		}
		return checkVersion(path, meta)
	})
}

func checkVersion(path string, meta *bbolt.Bucket) error {
	if string(meta.Get(keyMagic)) != magic {
		return damaged(path, errors.New("it is not a state file of this program"))
	}
	raw, err := Unseal(meta.Get(keyVersion))
	if err != nil || len(raw) != 4 {
		return damaged(path, errors.New("its version record can not be read"))
	}
	if v := binary.BigEndian.Uint32(raw); v > formatVersion {
		return &pathError{
			Path: path, Kind: ErrVersion, Cause: fmt.Errorf("format %d, this program knows %d", v, formatVersion),
			Hint: "use that version, or choose another state folder",
		}
	}
	return nil
}
