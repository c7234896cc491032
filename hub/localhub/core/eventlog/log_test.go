package eventlog

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/go-amqp"
	"go.etcd.io/bbolt"
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

func TestPartitionInfo(t *testing.T) {
	clock := newClock()
	f := open(t, Options{Partitions: 2, Now: clock.Now})
	info, err := f.Partition(1)
	if want := (PartitionInfo{ID: 1, Last: -1, LastOffset: "-1", Empty: true}); err != nil || info != want {
		t.Errorf("empty partition = %+v, %v, want %+v", info, err, want)
	}
	f.add(1, "a")
	clock.advance(time.Second)
	f.add(1, "b")
	check := func(when string) {
		t.Helper()
		info, _ := f.Partition(1)
		if info.Begin != 0 || info.Last != 1 || info.Empty || !info.LastEnqueued.Equal(clock.Now()) || info.LastOffset == "0" || info.LastOffset == "-1" {
			t.Errorf("%s: %+v", when, info)
		}
	}
	check("after two events")
	f.reopen()
	check("opened again")
	if info, _ := f.Partition(0); !info.Empty {
		t.Errorf("the other partition = %+v", info)
	}
	for _, p := range []int{-1, 2} {
		if _, err := f.Partition(p); !errors.Is(err, ErrNoPartition) {
			t.Errorf("partition %d: %v", p, err)
		}
	}
}

// Time goes back, the log's does not.
func TestEnqueuedTimeIsMonotonic(t *testing.T) {
	clock := newClock()
	f := open(t, Options{Now: clock.Now})
	f.add(0, "a")
	first, _ := f.Partition(0)
	clock.advance(-time.Minute)
	f.add(0, "b")
	second, _ := f.Partition(0)
	if second.LastEnqueued.Before(first.LastEnqueued) {
		t.Errorf("enqueued at %v, then at %v", first.LastEnqueued, second.LastEnqueued)
	}
}

func TestPositions(t *testing.T) {
	clock := newClock()
	begin := clock.Now()
	f := open(t, Options{Now: clock.Now, TailBytes: 1}) // all reads but the last event from the file
	for i := range 100 {
		clock.advance(time.Second)
		if i%10 == 0 {
			f.addTogether(0, fmt.Sprint(i))
		} else {
			f.add(0, fmt.Sprint(i))
		}
	}
	var offsets []string
	r, err := f.OpenReader(0, Position{})
	if err != nil {
		t.Fatal(err)
	}
	for len(offsets) < 100 {
		records, err := r.Next(context.Background(), 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range records {
			offsets = append(offsets, record.Offset)
		}
	}
	for _, c := range []struct {
		name string
		from Position
		want string
	}{
		{"earliest", Position{Kind: Earliest}, "0"},
		{"offset -1", Position{Kind: Offset, Offset: "-1"}, "0"},
		{"after offset", Position{Kind: Offset, Offset: offsets[41]}, "42"},
		{"from offset", Position{Kind: Offset, Offset: offsets[41], Inclusive: true}, "41"},
		{"after the last but one", Position{Kind: Offset, Offset: offsets[98]}, "99"},
		{"from the last", Position{Kind: Offset, Offset: offsets[99], Inclusive: true}, "99"},
		{"between two offsets", Position{Kind: Offset, Offset: between(offsets[41], offsets[42])}, "42"},
		{"after sequence number", Position{Kind: Sequence, Sequence: 41}, "42"},
		{"from sequence number", Position{Kind: Sequence, Sequence: 41, Inclusive: true}, "41"},
		{"sequence number -1", Position{Kind: Sequence, Sequence: -1}, "0"},
		{"after time", Position{Kind: Enqueued, Time: begin.Add(42 * time.Second)}, "42"},
		{"from time", Position{Kind: Enqueued, Time: begin.Add(42 * time.Second), Inclusive: true}, "41"},
		{"between two times", Position{Kind: Enqueued, Time: begin.Add(42*time.Second + 500*time.Millisecond)}, "42"},
		{"long ago", Position{Kind: Enqueued, Time: begin.Add(-time.Hour)}, "0"},
		{"1970", Position{Kind: Enqueued, Time: time.Unix(0, 0)}, "0"},
		{"year 1", Position{Kind: Enqueued}, "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.t = t
			equal(t, "first event", f.read(0, c.from, 1), []string{c.want})
		})
	}
	f.t = t
}

// between is an offset inside of an event.
func between(a, b string) string {
	from, _ := strconv.Atoi(a)
	to, _ := strconv.Atoi(b)
	return strconv.Itoa((from + to) / 2)
}

// These positions lie at the end: only what comes later is delivered.
func TestPositionsAtTheEnd(t *testing.T) {
	clock := newClock()
	f := open(t, Options{Now: clock.Now})
	f.addTogether(0, numbers(0, 5)...)
	for name, from := range map[string]func(PartitionInfo) Position{
		"latest":              func(PartitionInfo) Position { return Position{Kind: Latest} },
		"offset @latest":      func(PartitionInfo) Position { return Position{Kind: Offset, Offset: "@latest"} },
		"after the offset":    func(last PartitionInfo) Position { return Position{Kind: Offset, Offset: last.LastOffset} },
		"after the sequence":  func(last PartitionInfo) Position { return Position{Kind: Sequence, Sequence: last.Last} },
		"after the last time": func(last PartitionInfo) Position { return Position{Kind: Enqueued, Time: last.LastEnqueued} },
	} {
		t.Run(name, func(t *testing.T) {
			f.t = t
			last, _ := f.Partition(0)
			r, err := f.OpenReader(0, from(last))
			if err != nil {
				t.Fatal(err)
			}
			clock.advance(time.Millisecond)
			f.add(0, name)
			equal(t, "first event", f.next(r, 1), []string{name})
		})
	}
	f.t = t
}

// A time to come leaves out what is enqueued before it.
func TestPositionInTheFuture(t *testing.T) {
	clock := newClock()
	f := open(t, Options{Now: clock.Now})
	r, err := f.OpenReader(0, Position{Kind: Enqueued, Time: clock.Now().Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	f.add(0, "early")
	clock.advance(time.Minute)
	f.add(0, "on time is not after")
	clock.advance(time.Millisecond)
	f.add(0, "after")
	equal(t, "events", f.next(r, 1), []string{"after"})
}

func TestPositionsBeyondTheEnd(t *testing.T) {
	f := open(t, Options{Partitions: 2})
	f.add(0, "a", "b")
	for _, c := range []struct {
		partition int
		from      Position
		what      string
	}{
		{0, Position{Kind: Offset, Offset: "99999999"}, "offset"},
		{0, Position{Kind: Offset, Offset: "word"}, "offset"},
		{0, Position{Kind: Offset, Offset: "-7"}, "offset"},
		{0, Position{Kind: Sequence, Sequence: 2}, "sequence number"},
		{1, Position{Kind: Offset, Offset: "5"}, "offset"},
		{1, Position{Kind: Sequence, Sequence: 5}, "sequence number"},
	} {
		_, err := f.OpenReader(c.partition, c.from)
		var position *PositionError
		if !errors.As(err, &position) || position.What != c.what {
			t.Errorf("%+v: %v", c.from, err)
		}
	}
	if _, err := f.OpenReader(2, Position{}); !errors.Is(err, ErrNoPartition) {
		t.Errorf("partition 2: %v", err)
	}
}

// Writers on several partitions, a reader on each: nothing lost, nothing twice,
// in the order of each writer; from memory, and from the file after.
func TestReadersFollowWriters(t *testing.T) {
	const partitions, writers, each = 3, 4, 500
	f := open(t, Options{Partitions: partitions, TailBytes: 64 << 10})
	var readers sync.WaitGroup
	for p := range partitions {
		r, err := f.OpenReader(p, Position{Kind: Latest})
		if err != nil {
			t.Fatal(err)
		}
		readers.Go(func() { checkOrder(t, r, writers, each) })
	}
	var accepted sync.WaitGroup
	accepted.Add(partitions * writers * each)
	for p := range partitions {
		for w := range writers {
			go func() {
				for i := range each {
					f.Append(p, draft(fmt.Sprintf("%d %d", w, i)), func(err error) {
						if err != nil {
							t.Error(err)
						}
						accepted.Done()
					})
				}
			}()
		}
	}
	accepted.Wait()
	readers.Wait()
	for p := range partitions {
		r, err := f.OpenReader(p, Position{Kind: Earliest})
		if err != nil {
			t.Fatal(err)
		}
		checkOrder(t, r, writers, each)
	}
}

func checkOrder(t *testing.T, r *Reader, writers, each int) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	next := make([]int, writers)
	sequence := int64(0)
	for got := 0; got < writers*each; {
		records, err := r.Next(ctx, 64)
		if err != nil {
			t.Errorf("after %d events: %v", got, err)
			return
		}
		for _, record := range records {
			var w, i int
			if _, err := fmt.Sscan(body(t, record), &w, &i); err != nil || i != next[w] || record.Sequence != sequence {
				t.Errorf("sequence %d: event %d of writer %d, want %d (%v)", record.Sequence, i, w, next[w], err)
				return
			}
			next[w]++
			sequence++
			got++
		}
	}
}

func TestNextEnds(t *testing.T) {
	f := open(t, Options{})
	r, err := f.OpenReader(0, Position{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Next(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("Next with an ended context: %v", err)
	}
	result := make(chan error)
	go func() {
		_, err := r.Next(context.Background(), 1)
		result <- err
	}()
	r.Close()
	r.Close()
	if err := <-result; !errors.Is(err, ErrClosed) {
		t.Errorf("Next of a closed reader: %v", err)
	}
	r, _ = f.OpenReader(0, Position{})
	go func() {
		_, err := r.Next(context.Background(), 1)
		result <- err
	}()
	if err := f.Log.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if err := <-result; !errors.Is(err, ErrClosed) {
		t.Errorf("Next of a closed log: %v", err)
	}
	if err := f.try(0, "late"); !errors.Is(err, ErrClosed) {
		t.Errorf("Append to a closed log: %v", err)
	}
}

func TestRetentionByBytes(t *testing.T) {
	f := open(t, Options{RetentionBytes: 64 << 10, TailBytes: 1})
	big := strings.Repeat("x", 1000)
	r, err := f.OpenReader(0, Position{})
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		f.add(0, big)
	}
	info, _ := f.Partition(0)
	if info.Begin < 100 || info.Begin > 180 || info.Last != 199 {
		t.Errorf("kept %d to %d of 200 events of 1 kB in 64 kB", info.Begin, info.Last)
	}
	records, err := r.Next(context.Background(), 1) // its place is gone
	if err != nil || records[0].Sequence != info.Begin {
		t.Errorf("a late reader got %v, %v, want sequence number %d", records, err, info.Begin)
	}
	f.reopen()
	if again, _ := f.Partition(0); again.Begin != info.Begin {
		t.Errorf("Begin = %d after reopening, want %d", again.Begin, info.Begin)
	}
}

func TestRetentionByAge(t *testing.T) {
	clock := newClock()
	f := open(t, Options{Now: clock.Now, Retention: time.Hour})
	f.add(0, numbers(0, 5)...)
	clock.advance(45 * time.Minute)
	f.add(0, numbers(5, 8)...)
	clock.advance(30 * time.Minute)
	f.sweep(context.Background())
	info, _ := f.Partition(0)
	if info.Begin != 5 || info.Last != 7 || info.Empty {
		t.Errorf("after an hour: %+v", info)
	}
	equal(t, "kept", f.read(0, Position{Kind: Earliest}, 3), numbers(5, 8))
	equal(t, "kept, after a sequence number that is gone", f.read(0, Position{Kind: Sequence, Sequence: 1}, 3), numbers(5, 8))

	clock.advance(time.Hour)
	f.sweep(context.Background())
	info, _ = f.Partition(0)
	if info.Begin != 8 || info.Last != 7 || !info.Empty {
		t.Errorf("after two hours: %+v", info)
	}
	f.reopen()
	f.add(0, "8")
	equal(t, "after all have gone", f.read(0, Position{Kind: Earliest}, 1), []string{"8"})
}

// A commit that fails refuses its events, and the next ones take their place.
func TestFailedCommit(t *testing.T) {
	f := open(t, Options{})
	f.add(0, "0")
	broken := errors.New("the disk is on fire")
	release, entered := make(chan struct{}), make(chan struct{})
	// Hold the writer so that the events and a failing operation share a commit.
	f.db.Submit(func(*bbolt.Tx) error { close(entered); <-release; return errBarrier }, func(error) {})
	<-entered
	results := make(chan error, 2)
	for _, b := range []string{"lost", "lost too"} {
		f.Append(0, draft(b), func(err error) { results <- err })
	}
	f.db.Submit(func(*bbolt.Tx) error { return store.Abort(broken) }, func(error) {})
	close(release)
	for range 2 {
		if err := <-results; !errors.Is(err, broken) {
			t.Errorf("result = %v", err)
		}
	}
	f.add(0, "1")
	equal(t, "events", f.read(0, Position{}, 2), numbers(0, 2))
	f.reopen()
	equal(t, "events on disk", f.read(0, Position{}, 2), numbers(0, 2))
}

func TestDamagedBlockIsReported(t *testing.T) {
	f := open(t, Options{TailBytes: 1})
	f.add(0, numbers(0, 3)...)
	err := f.db.Update(t.Context(), func(tx *bbolt.Tx) error {
		b := tx.Bucket(eventsBucket).Bucket(bucketName(0))
		value := append([]byte(nil), b.Get(sequenceKey(1))...)
		value[len(value)-1] ^= 1
		return store.Abort(b.Put(sequenceKey(1), value))
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.OpenReader(0, Position{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(t.Context(), 3); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("error = %v, want ErrDamaged", err)
	}
}

func FuzzReadBlock(f *testing.F) {
	records := []Record{{Sequence: 7, Offset: "100", Enqueued: time.UnixMilli(5), Payload: []byte("payload")}}
	f.Add(encodeBlock(records, 0)[sealedBytes:])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		value := store.Seal(data)
		key := binary.BigEndian.AppendUint64(nil, 7)
		records, err := readBlock(key, value, 0, nil)
		if err != nil && !errors.Is(err, store.ErrDamaged) {
			t.Errorf("error = %v", err)
		}
		for i, r := range records {
			if r.Sequence != 7+int64(i) || len(r.Payload) > len(data) {
				t.Errorf("record %d = %+v", i, r)
			}
		}
	})
}
