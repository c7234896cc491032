package eventlog

import (
	"context"
	"strings"
	"testing"
	"time"
)

// Protocol 9.5.
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

// Protocol 9.5.
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
