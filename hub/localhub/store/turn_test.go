package store

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// An op that waits is given up with its context; one that runs is waited for,
// so that what it writes to its caller's variables is there.
func TestUpdateAndItsContext(t *testing.T) {
	db, err := Open(filepath.Join(t.TempDir(), "hub.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	began, goOn := make(chan struct{}), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())

	first, ran := make(chan error, 1), false
	go func() {
		first <- db.Update(ctx, func(*bbolt.Tx) error {
			close(began)
			<-goOn
			ran = true
			return nil
		})
	}()
	<-began
	waiting, done := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(done)
		waiting <- db.Update(ctx, func(*bbolt.Tx) error {
			t.Error("an op that was given up has run")
			return nil
		})
	}()
	cancel()
	if err := <-waiting; !errors.Is(err, context.Canceled) {
		t.Errorf("the op that waits: %v, want context.Canceled", err)
	}
	<-done
	close(goOn)
	if err := <-first; err != nil || !ran {
		t.Errorf("the op that runs: %v, ran %v; want nil and true", err, ran)
	}
	if err := db.Update(t.Context(), func(*bbolt.Tx) error { return nil }); err != nil {
		t.Error(err)
	}
}
