package store

import (
	"errors"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var bucket = []byte("test")

// openNew opens a new file with one bucket in it.
func openNew(t testing.TB, o Options) *DB {
	t.Helper()
	db, err := Open(filepath.Join(t.TempDir(), "hub.db"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Update(t.Context(), func(tx *bbolt.Tx) error { _, err := tx.CreateBucket(bucket); return err }); err != nil {
		t.Fatal(err)
	}
	return db
}

func put(key, value string) func(*bbolt.Tx) error {
	return func(tx *bbolt.Tx) error { return tx.Bucket(bucket).Put([]byte(key), []byte(value)) }
}

func get(t testing.TB, db *DB, key string) string {
	t.Helper()
	var value string
	if err := db.View(func(tx *bbolt.Tx) error { value = string(tx.Bucket(bucket).Get([]byte(key))); return nil }); err != nil {
		t.Fatal(err)
	}
	return value
}

// hold keeps the writer busy until the returned function is called, so that
// what is submitted meanwhile shares a commit.
func hold(db *DB) (release func()) {
	entered, released := make(chan struct{}), make(chan struct{})
	db.Submit(func(*bbolt.Tx) error { close(entered); <-released; return errors.New("nothing") }, func(error) {})
	<-entered
	return func() { close(released) }
}

// commits is the number of the last transaction.
func commits(db *DB) (n int) {
	_ = db.View(func(tx *bbolt.Tx) error { n = tx.ID(); return nil })
	return n
}
