package eventlog

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/go-amqp"
	"go.uber.org/goleak"

	"hubscope/hub/localhub/core/d2c"
	"hubscope/hub/localhub/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a log on a file that can be closed and opened again.
type fixture struct {
	*Log
	db   *store.DB
	path string
	o    Options
	t    testing.TB
}

// clock is a clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.UnixMilli(1_790_000_000_000).UTC()} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func open(t testing.TB, o Options) *fixture {
	t.Helper()
	if o.Partitions == 0 {
		o.Partitions = 1
	}
	if o.Retention == 0 {
		o.Retention = time.Hour
	}
	if o.RetentionBytes == 0 {
		o.RetentionBytes = 1 << 30
	}
	if o.TailBytes == 0 {
		o.TailBytes = 1 << 20
	}
	f := &fixture{path: filepath.Join(t.TempDir(), "log.db"), o: o, t: t}
	f.open()
	t.Cleanup(f.close)
	return f
}

func (f *fixture) open() {
	f.t.Helper()
	db, err := store.Open(f.path, store.Options{})
	if err != nil {
		f.t.Fatal(err)
	}
	l, err := Open(db, f.o)
	if err != nil {
		_ = db.Close()
		f.t.Fatal(err)
	}
	f.db, f.Log = db, l
}

func (f *fixture) close() {
	f.t.Helper()
	if err := errors.Join(f.Log.Close(context.Background()), f.db.Close()); err != nil {
		f.t.Error(err)
	}
}

func (f *fixture) reopen() {
	f.close()
	f.open()
}

var encoder = d2c.NewEncoder(d2c.Origin{DeviceID: "wind-1"})

func draft(body string) d2c.Draft {
	return encoder.Encode(&d2c.Message{Body: []byte(body)}, time.UnixMilli(1))
}

// add appends bodies one after the other, each in a commit of its own.
func (f *fixture) add(partition int, bodies ...string) {
	f.t.Helper()
	for _, body := range bodies {
		if err := f.try(partition, body); err != nil {
			f.t.Fatal(err)
		}
	}
}

func (f *fixture) try(partition int, body string) error {
	done := make(chan error, 1)
	f.Append(partition, draft(body), func(err error) { done <- err })
	return <-done
}

// addTogether appends bodies in as few commits as the store makes of them.
func (f *fixture) addTogether(partition int, bodies ...string) {
	f.t.Helper()
	done := make(chan error, len(bodies))
	for _, body := range bodies {
		f.Append(partition, draft(body), func(err error) { done <- err })
	}
	for range bodies {
		if err := <-done; err != nil {
			f.t.Fatal(err)
		}
	}
}

// read returns the bodies of the next n events.
func (f *fixture) read(partition int, from Position, n int) []string {
	f.t.Helper()
	r, err := f.OpenReader(partition, from)
	if err != nil {
		f.t.Fatal(err)
	}
	defer r.Close()
	return f.next(r, n)
}

func (f *fixture) next(r *Reader, n int) []string {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var got []string
	for len(got) < n {
		records, err := r.Next(ctx, n-len(got))
		if err != nil {
			f.t.Fatalf("after %d of %d: %v", len(got), n, err)
		}
		for _, record := range records {
			got = append(got, body(f.t, record))
		}
	}
	return got
}

// body decodes a record and checks that its annotations say what it says.
func body(t testing.TB, r Record) string {
	t.Helper()
	var m amqp.Message
	if err := m.UnmarshalBinary(r.Payload); err != nil {
		t.Fatal(err)
	}
	if m.Annotations["x-opt-sequence-number"] != r.Sequence || m.Annotations["x-opt-offset"] != r.Offset || !m.Annotations["x-opt-enqueued-time"].(time.Time).Equal(r.Enqueued) {
		t.Errorf("record %d, %s, %v has annotations %v", r.Sequence, r.Offset, r.Enqueued, m.Annotations)
	}
	return string(m.GetData())
}

func numbers(from, to int) []string {
	var all []string
	for i := from; i < to; i++ {
		all = append(all, fmt.Sprint(i))
	}
	return all
}

func equal(t testing.TB, what string, got, want []string) {
	t.Helper()
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}
