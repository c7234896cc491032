// Package store keeps the state of the local hub in one bbolt file.
//
// All writes pass through one goroutine that joins whatever was queued while
// the last commit was being written into the next one (group commit), so that a
// lone writer waits for nobody and a thousand writers share one fsync. A write
// is reported done only when it is on disk.
//
//	db, err := store.Open(path, store.Options{})
//	err = db.Update(ctx, func(tx *bbolt.Tx) error { ... })
//
// Values that are read back as documents are sealed (see Seal), so that damage
// by a failing disk is noticed, and never taken for an empty registry.
package store
