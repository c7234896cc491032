package eventlog

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"
)

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
