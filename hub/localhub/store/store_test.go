package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"go.etcd.io/bbolt"
)

func TestUpdateIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	for i := range 3 {
		db, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(t.Context(), func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists(bucket)
			return errors.Join(err, Abort(b.Put(fmt.Append(nil, i), []byte("x"))))
		})
		if err != nil {
			t.Fatal(err)
		}
		for j := range i + 1 {
			if get(t, db, fmt.Sprint(j)) != "x" {
				t.Errorf("opened %d times: %d is missing", i, j)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, %v, want 0600", info.Mode(), err)
	}
	if left, _ := filepath.Glob(path + ".new-*"); len(left) != 0 {
		t.Errorf("drafts left behind: %v", left)
	}
}

// An op that refuses does not disturb those that share its commit.
func TestRefusalIsAlone(t *testing.T) {
	db := openNew(t, Options{})
	release := hold(db)
	results := make(map[string]chan error)
	refusal := errors.New("no")
	for name, op := range map[string]func(*bbolt.Tx) error{
		"a": put("a", "1"), "refused": func(*bbolt.Tx) error { return refusal }, "b": put("b", "2"),
	} {
		result := make(chan error, 1)
		results[name] = result
		db.Submit(op, func(err error) { result <- err })
	}
	release()
	for name, want := range map[string]error{"a": nil, "refused": refusal, "b": nil} {
		if err := <-results[name]; !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	if get(t, db, "a") != "1" || get(t, db, "b") != "2" {
		t.Error("the others were not written")
	}
}

// An op that broke off takes its commit with it, and nothing of it stays.
func TestBrokenOpTakesTheCommit(t *testing.T) {
	broken := errors.New("half written")
	for name, op := range map[string]func(*bbolt.Tx) error{
		"aborts": func(tx *bbolt.Tx) error { return errors.Join(put("half", "x")(tx), Abort(broken)) },
		"panics": func(tx *bbolt.Tx) error { _ = put("half", "x")(tx); panic(broken) },
	} {
		t.Run(name, func(t *testing.T) {
			db := openNew(t, Options{})
			release := hold(db)
			results := make(chan error, 3)
			for _, op := range []func(*bbolt.Tx) error{put("before", "x"), op, put("after", "x")} {
				db.Submit(op, func(err error) { results <- err })
			}
			release()
			for range 3 {
				if err := <-results; !errors.Is(err, broken) {
					t.Errorf("result = %v", err)
				}
			}
			for _, key := range []string{"before", "half", "after"} {
				if get(t, db, key) != "" {
					t.Errorf("%s was written", key)
				}
			}
			if err := db.Update(t.Context(), put("next", "x")); err != nil {
				t.Errorf("the next write: %v", err)
			}
		})
	}
}

// Many writers share commits; each is done once, and what is done is there.
func TestWritersShareCommits(t *testing.T) {
	db := openNew(t, Options{Queue: 8})
	const writers, each = 50, 20
	var running sync.WaitGroup
	before := commits(db)
	for w := range writers {
		running.Go(func() {
			for i := range each {
				if err := db.Update(t.Context(), put(fmt.Sprintf("%d/%d", w, i), "x")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	for w := range writers {
		for i := range each {
			if get(t, db, fmt.Sprintf("%d/%d", w, i)) != "x" {
				t.Fatalf("write %d of %d is missing", i, w)
			}
		}
	}
	if n := commits(db) - before; n > writers*each/2 {
		t.Errorf("%d commits for %d writes: they are not joined", n, writers*each)
	}
}

func TestDoneInOrder(t *testing.T) {
	db := openNew(t, Options{})
	var order []int // appended to by the writer goroutine only
	last := make(chan struct{})
	for i := range 1000 {
		db.Submit(put("k", "v"), func(error) {
			order = append(order, i)
			if i == 999 {
				close(last)
			}
		})
	}
	<-last
	for i, n := range order {
		if i != n {
			t.Fatalf("call %d was of write %d", i, n)
		}
	}
}

func TestUpdateEndsWithItsContext(t *testing.T) {
	db := openNew(t, Options{})
	release := hold(db)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() { result <- db.Update(ctx, put("a", "x")) }()
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
	release()
}

func TestClose(t *testing.T) {
	db, err := Open(filepath.Join(t.TempDir(), "hub.db"), Options{Queue: 1})
	if err != nil {
		t.Fatal(err)
	}
	release := hold(db)
	const n = 20
	results := make(chan error, n)
	for range n {
		go db.Submit(func(tx *bbolt.Tx) error { _, err := tx.CreateBucketIfNotExists(bucket); return err }, func(err error) { results <- err })
	}
	closed := make(chan error)
	go func() { closed <- db.Close() }()
	release()
	for range n {
		// Those that came in time are done, the others are told.
		if err := <-results; err != nil && !errors.Is(err, ErrClosed) {
			t.Errorf("result = %v", err)
		}
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	if err := db.Update(t.Context(), put("a", "x")); !errors.Is(err, ErrClosed) {
		t.Errorf("Update after Close: %v", err)
	}
	if err := db.View(func(*bbolt.Tx) error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("View after Close: %v", err)
	}
}
