package store

import (
	"errors"

	"go.etcd.io/bbolt"
)

// maxBatch bounds how many writes share one commit, and so how long the first
// of them waits for the last.
const maxBatch = 1024

// write loop: it owns the file's one write transaction. It ends when the queue
// is closed and empty.
func (db *DB) run() {
	defer close(db.stopped)
	batch := make([]write, 0, maxBatch)
	for first := range db.queue {
		batch = db.gather(append(batch[:0], first))
		db.commit(batch)
		clear(batch)
	}
}

// gather adds what is queued already, and never waits for more: the fsync of
// the last commit was the time to gather in.
func (db *DB) gather(batch []write) []write {
	for len(batch) < maxBatch {
		select {
		case w, open := <-db.queue:
			if !open {
				return batch
			}
			batch = append(batch, w)
		default:
			return batch
		}
	}
	return batch
}

// commit carries out one batch and reports to each of its writers.
func (db *DB) commit(batch []write) {
	err := db.write(batch)
	for i := range batch {
		if err != nil && batch[i].err == nil {
			batch[i].err = err
		}
		batch[i].done(batch[i].err)
	}
}

// write makes one transaction of the batch, unless an earlier one ended badly.
func (db *DB) write(batch []write) error {
	if broken := db.broken.Load(); broken != nil {
		return *broken
	}
	finished := false
	err := guard(db.path, "write", func() error {
		err := db.transact(batch)
		finished = true
		return err
	})
	if !finished {
		db.broken.Store(&err)
	}
	return err
}

func (db *DB) transact(batch []write) error {
	tx, err := db.bolt.Begin(true)
	if err != nil {
		return err
	}
	// After a commit this does nothing; after a panic it frees the write lock.
	defer func() { _ = tx.Rollback() }()
	succeeded := 0
	for i := range batch {
		batch[i].err = runOp(tx, batch[i].op)
		if batch[i].err == nil {
			succeeded++
		}
		var broken *brokenOpError
		if errors.As(batch[i].err, &broken) {
			return batch[i].err
		}
	}
	if succeeded == 0 {
		return nil
	}
	return tx.Commit()
}

// runOp runs op. An op that panicked may have written half of what it meant to:
// it takes the whole commit with it, but not the process.
func runOp(tx *bbolt.Tx, op func(*bbolt.Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &brokenOpError{panicError(p)}
		}
	}()
	return op(tx)
}
