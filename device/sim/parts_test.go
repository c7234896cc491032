package sim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestHistogramQuantiles(t *testing.T) {
	var h histogram
	if h.quantile(0.5) != 0 {
		t.Error("an empty histogram has a quantile")
	}
	random := rand.New(rand.NewPCG(1, 1))
	var all []time.Duration
	for range 10_000 {
		d := time.Duration(float64(time.Microsecond) * (1 + 5e6*random.Float64()*random.Float64()*random.Float64()))
		h.add(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, q := range []float64{0, 0.01, 0.5, 0.9, 0.99, 1} {
		want := all[int(q*float64(len(all)-1))]
		got := h.quantile(q)
		if off := got - want; off.Abs() > want/8+time.Microsecond {
			t.Errorf("quantile %v = %v, want %v", q, got, want)
		}
	}
}

func TestHistogramBuckets(t *testing.T) {
	last := -1
	for us := range 100_000 {
		b := bucketOf(time.Duration(us) * time.Microsecond)
		if b != last && b != last+1 {
			t.Fatalf("%d µs falls in bucket %d after %d", us, b, last)
		}
		last = b
	}
	for _, d := range []time.Duration{-time.Second, 1000 * time.Hour} {
		if b := bucketOf(d); b < 0 || b >= buckets {
			t.Errorf("%v falls in bucket %d of %d", d, b, buckets)
		}
	}
}

func TestJournalKeepsTheLastEntries(t *testing.T) {
	j := journal{limit: 3}
	broken := errors.New("broken")
	for i := range 5 {
		if n := j.write(Entry{Text: fmt.Sprint(i)}); n != i {
			t.Errorf("entry %d got number %d", i, n)
		}
	}
	j.complete(0, "too late", nil)
	j.complete(3, "acked", nil)
	j.complete(4, "failed", broken)
	got := j.all()
	if len(got) != 3 || got[0] != (Entry{Text: "2"}) || got[1] != (Entry{Text: "3", Outcome: "acked"}) || got[2].Err != broken {
		t.Errorf("entries %+v", got)
	}
}

func TestSchedule(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(seconds float64) time.Time { return start.Add(time.Duration(seconds * float64(time.Second))) }
	s := schedule{start: start, interval: time.Second}
	due := func() float64 { return s.next().Sub(start).Seconds() }
	steps := []struct {
		name string
		do   func()
		want float64
	}{
		{"at once", func() {}, 0},
		{"a little late does not drift", func() { s.keep(at(0.3)) }, 1},
		{"later still", func() { s.keep(at(1.9)) }, 2},
		{"slept through three", func() { s.keep(at(5.5)) }, 5},
		{"from then on as before", func() { s.keep(at(5.6)) }, 6},
		{"longer", func() { s.change(10*time.Second, at(5.7)) }, 15},
		{"shorter", func() { s.change(time.Second, at(5.8)) }, 6},
		{"shorter, already due", func() { s.change(100*time.Millisecond, at(5.9)) }, 5.9},
	}
	for _, step := range steps {
		step.do()
		if got := due(); got < step.want-0.001 || got > step.want+0.001 {
			t.Fatalf("%s: due at %v s, want %v", step.name, got, step.want)
		}
	}
	fresh := schedule{start: start, interval: time.Second}
	fresh.change(30*time.Second, start)
	if fresh.next() != start {
		t.Errorf("a change before the first message moves it to %v", fresh.next())
	}
}

func TestWords(t *testing.T) {
	got := map[time.Duration]string{}
	want := map[time.Duration]string{
		400 * time.Microsecond: "400 µs", 3 * time.Millisecond: "3.0 ms", 42 * time.Millisecond: "42 ms", 1200 * time.Millisecond: "1.2 s",
	}
	for d := range want {
		got[d] = words(d)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
