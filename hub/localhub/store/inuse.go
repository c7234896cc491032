package store

import (
	"errors"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// InUse tells whether a DB, of this process or another one, has the file open.
// It disturbs neither that one nor one that is just being opened.
func InUse(path string) bool {
	inUse := false
	_ = guard(path, "look at", func() error {
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: time.Nanosecond})
		if err != nil {
			inUse = errors.Is(err, berrors.ErrTimeout)
			return nil
		}
		return db.Close()
	})
	return inUse
}
