package store

import (
	"errors"
	"log/slog"
	"os"
	"time"
)

// verify looks through a file that nobody writes to, or, when it is larger than
// atOnce, at its roots: the rest is for later.
func verify(file *os.File, atOnce int64) (rest bool, err error) {
	v, err := newVerifier(file)
	if err != nil {
		return false, err
	}
	v.roots = int64(v.meta.end)*v.meta.pageSize > atOnce
	return v.roots, v.run()
}

// verifyLater looks through all of the file while it is in use. It must be called
// before the first write. A read transaction keeps the pages of the state that is
// looked at from being used again; as long as it is open, a write that must enlarge
// the memory map waits, a second or so for each gigabyte.
func (db *DB) verifyLater(log *slog.Logger) error {
	tx, err := db.bolt.Begin(false)
	if err != nil {
		return err
	}
	v, err := newVerifier(db.file)
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	v.stop = db.closing
	began := time.Now()
	db.checking.Go(func() {
		err := v.run()
		_ = tx.Rollback()
		select {
		case <-db.closing: // the file may be gone by now
			return
		default:
		}
		if err != nil {
			log.Error("the state file is damaged: stop the hub, and put back a copy of the file, or choose another state folder", "file", db.path, "damage", err)
			return
		}
		log.Debug("the state file was looked through", "file", db.path, "took", time.Since(began))
	})
	return nil
}
