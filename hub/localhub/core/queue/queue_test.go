package queue

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"
	"go.uber.org/goleak"

	"hubscope/hub/localhub/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a set with a record of what it told.
type fixture struct {
	*Set
	db *store.DB

	mu   sync.Mutex
	gone []string
	free chan string
}

func open(t testing.TB, path string) *fixture {
	t.Helper()
	db, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{db: db, free: make(chan string, 100)}
	err = db.Update(t.Context(), func(tx *bbolt.Tx) error {
		if tx.Bucket([]byte("q")) != nil {
			return nil
		}
		return Make(tx, "q")
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Set = Open(db, Options{
		Bucket: "q", LockTime: time.Minute, MaxDeliveries: 3, Now: time.Now, Logger: slog.New(slog.DiscardHandler),
		Gone: func(_ *bbolt.Tx, queue string, item Item, why Reason) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.gone = append(f.gone, fmt.Sprintf("%s %s %d", queue, item.Data, why))
			return nil
		},
		Ready: func(queue string) { f.free <- queue },
	})
	t.Cleanup(f.close)
	return f
}

func (f *fixture) close() {
	f.Close()
	_ = f.db.Close()
}

func newSet(t testing.TB) *fixture {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "q.db"))
}

func (f *fixture) push(t testing.TB, queue, data string, lasts time.Duration) {
	t.Helper()
	err := f.db.Update(t.Context(), func(tx *bbolt.Tx) error {
		_, err := f.Push(tx, queue, Item{Enqueued: time.Now(), Expiry: time.Now().Add(lasts), Data: []byte(data)})
		return store.Abort(err)
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Pushed()
}

// lock locks one item and checks which; "" means that there is none.
func (f *fixture) lock(t testing.TB, queue, want string) string {
	t.Helper()
	items, token, err := f.Lock(queue, 1)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	if len(items) > 0 {
		got = string(items[0].Data)
	}
	if got != want {
		t.Fatalf("locked %q, want %q", got, want)
	}
	return token
}

func (f *fixture) settle(t testing.TB, queue, token string, o Outcome) {
	t.Helper()
	if err := f.Settle(t.Context(), queue, token, o); err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) count(t testing.TB, queue string) (n int) {
	t.Helper()
	if err := f.db.View(func(tx *bbolt.Tx) error { n = f.Count(tx, queue); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func (f *fixture) wantGone(t testing.TB, want ...string) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Equal(f.gone, want) {
		t.Errorf("gone: %q, want %q", f.gone, want)
	}
}

func TestOutcomes(t *testing.T) {
	f := newSet(t)
	for _, data := range []string{"1", "2", "3", "4"} {
		f.push(t, "d", data, time.Hour)
	}
	first, second, third := f.lock(t, "d", "1"), f.lock(t, "d", "2"), f.lock(t, "d", "3")
	f.settle(t, "d", second, Reject)
	f.settle(t, "d", third, Release)
	f.settle(t, "d", first, Complete)
	if err := f.Settle(t.Context(), "d", first, Complete); !errors.Is(err, ErrLockLost) {
		t.Errorf("settled twice: %v", err)
	}
	if err := f.Settle(t.Context(), "e", f.lock(t, "d", "3"), Complete); !errors.Is(err, ErrLockLost) {
		t.Errorf("settled in another queue: %v", err)
	}
	f.lock(t, "d", "4")
	f.lock(t, "d", "")
	f.wantGone(t, "d 2 1", "d 1 0")
	if n := f.count(t, "d"); n != 2 {
		t.Errorf("%d items left", n)
	}
}

// Names that begin alike, and those of modules, are different queues.
func TestNames(t *testing.T) {
	f := newSet(t)
	names := []string{"a", "ab", "a\x00m", "a\x00mn", "a\x00"[:1] + "\x00b"}
	for _, name := range names {
		f.push(t, name, "of "+name, time.Hour)
	}
	for _, name := range names {
		if n := f.count(t, name); n != 1 {
			t.Errorf("%q has %d items", name, n)
		}
		f.settle(t, name, f.lock(t, name, "of "+name), Complete)
		f.lock(t, name, "")
	}
}

func TestAbandonCounts(t *testing.T) {
	f := newSet(t)
	f.push(t, "d", "x", time.Hour)
	for i := range 3 {
		items, token, err := f.Lock("d", 1)
		if err != nil || len(items) != 1 || items[0].Deliveries != i {
			t.Fatalf("delivery %d: %+v, %v", i, items, err)
		}
		f.settle(t, "d", token, Abandon)
		if <-f.free != "d" {
			t.Error("not told that it is free again")
		}
	}
	f.wantGone(t, "d x 3")
	if f.count(t, "d") != 0 {
		t.Error("a dead letter is still there")
	}
}

func TestGroup(t *testing.T) {
	f := newSet(t)
	for i := range 5 {
		f.push(t, "d", fmt.Sprint(i), time.Hour)
	}
	items, token, err := f.Lock("d", 3)
	if err != nil || len(items) != 3 {
		t.Fatalf("%d items, %v", len(items), err)
	}
	if n, err := f.Free("d", 10); err != nil || n != 2 {
		t.Errorf("%d free, %v", n, err)
	}
	f.settle(t, "d", token, Complete)
	f.wantGone(t, "d 0 0", "d 1 0", "d 2 0")
	f.lock(t, "d", "3")
}

func TestPurge(t *testing.T) {
	f := newSet(t)
	for i := range 3 {
		f.push(t, "d", fmt.Sprint(i), time.Hour)
	}
	f.push(t, "e", "other", time.Hour)
	token := f.lock(t, "d", "0")
	refused := errors.New("refused")
	if _, err := f.Purge(t.Context(), "d", func(*bbolt.Tx) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("error = %v", err)
	}
	n, err := f.Purge(t.Context(), "d", func(*bbolt.Tx) error { return nil })
	if err != nil || n != 3 {
		t.Errorf("purged %d, %v", n, err)
	}
	if err := f.Settle(t.Context(), "d", token, Complete); !errors.Is(err, ErrLockLost) {
		t.Errorf("settled after the purge: %v", err)
	}
	f.wantGone(t, "d 0 4", "d 1 4", "d 2 4")
	f.lock(t, "e", "other")
}

// What was abandoned is counted after a restart, and locks are gone.
func TestRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q.db")
	f := open(t, path)
	f.push(t, "d", "1", time.Hour)
	f.push(t, "d", "2", time.Hour)
	f.settle(t, "d", f.lock(t, "d", "1"), Abandon)
	f.lock(t, "d", "1")
	f.close()

	f = open(t, path)
	items, _, err := f.Lock("d", 10)
	if err != nil || len(items) != 2 || items[0].Deliveries != 1 || string(items[0].Data) != "1" {
		t.Errorf("after a restart: %+v, %v", items, err)
	}
	f.push(t, "d", "3", time.Hour)
	next, _, err := f.Lock("d", 1)
	if err != nil || len(next) != 1 || next[0].Sequence <= items[1].Sequence {
		t.Errorf("sequence after a restart: %+v, %v", next, err)
	}
}

func TestLockRunsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newSet(t)
		f.push(t, "d", "x", time.Hour)
		token := f.lock(t, "d", "x")
		time.Sleep(59 * time.Second)
		f.lock(t, "d", "")
		time.Sleep(2 * time.Second)
		if <-f.free != "d" {
			t.Error("not told")
		}
		if err := f.Settle(t.Context(), "d", token, Complete); !errors.Is(err, ErrLockLost) {
			t.Errorf("settled too late: %v", err)
		}
		items, _, err := f.Lock("d", 1)
		if err != nil || len(items) != 1 || items[0].Deliveries != 0 {
			t.Errorf("a lock that ran out is not counted: %+v, %v", items, err)
		}
		f.close()
	})
}

// protocol 4.3: an item expires when its time has come; one that is locked, when
// it is free again.
// Protocol 4.3.8.
func TestExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newSet(t)
		f.push(t, "d", "locked", 10*time.Second)
		f.lock(t, "d", "locked")
		f.push(t, "d", "long", time.Hour)
		f.push(t, "d", "short", 20*time.Second)
		time.Sleep(19 * time.Second)
		f.wantGone(t)
		time.Sleep(2 * time.Second)
		f.wantGone(t, "d short 2")
		time.Sleep(40 * time.Second)
		f.wantGone(t, "d short 2", "d locked 2")
		time.Sleep(time.Hour)
		f.wantGone(t, "d short 2", "d locked 2", "d long 2")
		f.lock(t, "d", "")
		f.close()
	})
}

// Many take from one queue: every item goes once, in any order.
func TestConcurrentLocks(t *testing.T) {
	f := newSet(t)
	const n = 50
	for i := range n {
		f.push(t, "d", fmt.Sprint(i), time.Hour)
	}
	var taking sync.WaitGroup
	for range 8 {
		taking.Go(func() {
			for {
				items, token, err := f.Lock("d", 2)
				if err != nil {
					t.Error(err)
				}
				if len(items) == 0 {
					return
				}
				if err := f.Settle(t.Context(), "d", token, Complete); err != nil {
					t.Error(err)
				}
			}
		})
	}
	taking.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	slices.Sort(f.gone)
	if got := len(slices.Compact(f.gone)); got != n || len(f.gone) != n {
		t.Errorf("%d items completed %d times, want %d once", got, len(f.gone), n)
	}
}
