package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
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

// commits is the number of the last transaction.
func commits(db *DB) (n int) {
	_ = db.View(func(tx *bbolt.Tx) error { n = tx.ID(); return nil })
	return n
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

func TestOpenReports(t *testing.T) {
	dir := t.TempDir()
	held := filepath.Join(dir, "held.db")
	db, err := Open(held, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	newer := writeState(t, func(tx *bbolt.Tx) error {
		return tx.Bucket(metaBucket).Put(keyVersion, Seal(binary.BigEndian.AppendUint32(nil, formatVersion+1)))
	})
	unsealed := writeState(t, func(tx *bbolt.Tx) error {
		return tx.Bucket(metaBucket).Put(keyVersion, []byte("\x00\x00\x00\x00\x00\x00\x00\x01"))
	})
	foreign := writeState(t, func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("somebody else's"))
		return errors.Join(err, tx.DeleteBucket(metaBucket))
	})
	for _, c := range []struct {
		name, path string
		is         error
	}{
		{"held", held, ErrLocked},
		{"empty", writeFile(t, ""), ErrDamaged},
		{"text", writeFile(t, strings.Repeat("this is not a database\n", 10_000)), ErrDamaged},
		{"short", writeFile(t, "x"), ErrDamaged},
		{"newer", newer, ErrVersion},
		{"version record", unsealed, ErrDamaged},
		{"foreign", foreign, ErrDamaged},
		{"folder", dir, nil},
		{"folder is missing", filepath.Join(dir, "no", "hub.db"), os.ErrNotExist},
		{"below a file", filepath.Join(held, "hub.db"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, _ := os.ReadFile(c.path)
			db, err := Open(c.path, Options{})
			if err == nil {
				_ = db.Close()
				t.Fatal("it opened")
			}
			if c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("error = %v, want %v", err, c.is)
			}
			if !strings.Contains(err.Error(), c.path) {
				t.Errorf("the path is not in %q", err)
			}
			if after, _ := os.ReadFile(c.path); string(after) != string(before) {
				t.Error("the file was changed")
			}
		})
	}
}

func writeFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hub.db")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// writeState makes a good file and changes it behind the store's back.
func writeState(t *testing.T, change func(*bbolt.Tx) error) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hub.db")
	db, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(t.Context(), change), db.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenWithoutPermission(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	_, err := Open(filepath.Join(dir, "hub.db"), Options{})
	if !errors.Is(err, os.ErrPermission) {
		t.Errorf("error = %v", err)
	}
}

// Whatever happens to the bytes of a file, it is said, or the values that were
// sealed are the right ones; and nothing panics.
func TestDamageIsNoticed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	good := fillFile(t, path)
	noticed := 0
	for i, damage := range damages(good) {
		if err := os.WriteFile(path, damage, 0o600); err != nil {
			t.Fatal(err)
		}
		err := checkFile(path)
		switch {
		case errors.Is(err, ErrDamaged), errors.Is(err, ErrVersion):
			noticed++
		case err != nil:
			t.Errorf("damage %d: %v", i, err)
		}
	}
	if noticed == 0 {
		t.Error("no damage was noticed at all")
	}
}

const filled = 500

func fillFile(t *testing.T, path string) []byte {
	t.Helper()
	db, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucket(bucket)
		for i := range filled {
			err = errors.Join(err, b.Put(binary.BigEndian.AppendUint32(nil, uint32(i)), Seal(value(i))))
		}
		return Abort(err)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return good
}

func value(i int) []byte { return []byte(strings.Repeat(fmt.Sprintf("value %d ", i), 10)) }

// damages are files cut at many places, and with pages overwritten by zeros, by
// ones, or by another page.
func damages(good []byte) [][]byte {
	const page = 4096
	var all [][]byte
	for at := page / 2; at < len(good); at += page {
		all = append(all, good[:at])
		for _, fill := range []byte{0, 0xff} {
			bad := append([]byte(nil), good...)
			for i := at; i < min(at+page, len(bad)); i++ {
				bad[i] = fill
			}
			all = append(all, bad)
		}
		if start := at - page/2; start+2*page <= len(good) {
			bad := append([]byte(nil), good...)
			copy(bad[start:start+page], good[start+page:start+2*page])
			all = append(all, bad)
		}
	}
	return all
}

// checkFile opens a file, reads all and writes something.
func checkFile(path string) error {
	db, err := Open(path, Options{})
	if err != nil {
		return err
	}
	err = db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucket)
		if b == nil {
			return fmt.Errorf("%w: no bucket", ErrDamaged)
		}
		n := 0
		err := b.ForEach(func(key, sealed []byte) error {
			data, err := Unseal(sealed)
			if err == nil && string(data) != string(value(int(binary.BigEndian.Uint32(key)))) {
				return errors.New("a wrong value passed for a right one")
			}
			n++
			return err
		})
		if err == nil && n != filled {
			return fmt.Errorf("%w: %d values", ErrDamaged, n)
		}
		return err
	})
	writing := db.Update(context.Background(), func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(bucket)
		if err != nil {
			return err
		}
		return b.Put([]byte("new"), make([]byte, 8000))
	})
	return errors.Join(err, writing, db.Close())
}

func TestSeal(t *testing.T) {
	for _, data := range [][]byte{nil, {}, {1}, []byte("some data")} {
		sealed := Seal(data)
		got, err := Unseal(sealed)
		if err != nil || string(got) != string(data) {
			t.Errorf("Unseal(Seal(%q)) = %q, %v", data, got, err)
		}
		inPlace := append(make([]byte, 4), data...)
		SealInPlace(inPlace)
		if string(inPlace) != string(sealed) {
			t.Errorf("SealInPlace = %x, Seal = %x", inPlace, sealed)
		}
		for i := range sealed {
			sealed[i] ^= 0x10
			if _, err := Unseal(sealed); !errors.Is(err, ErrDamaged) {
				t.Errorf("byte %d of %x changed: %v", i, sealed, err)
			}
			sealed[i] ^= 0x10
		}
	}
}
