package sim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
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

func TestHistogramsMerge(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	var all, sum histogram
	for _, scale := range []float64{1e3, 1e6, 50} {
		var one histogram
		for range 1000 {
			d := time.Duration(random.Float64() * scale * 1e3)
			one.add(d)
			all.add(d)
		}
		sum.merge(&one)
	}
	sum.merge(&histogram{})
	if diff := cmp.Diff(all, sum, cmp.AllowUnexported(histogram{})); diff != "" {
		t.Error(diff)
	}
	if small := len(sum.counts); small > buckets/2+steps*10 {
		t.Errorf("%d buckets", small)
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

func texts(entries []Entry) string {
	var b strings.Builder
	for _, e := range entries {
		b.WriteString(e.Text + "=" + e.Outcome + " ")
	}
	return b.String()
}

func TestJournalKeepsTheLastEntries(t *testing.T) {
	j := journal{room: &logRoom{limit: 3}}
	broken := errors.New("broken")
	for i := range 5 {
		if n := j.write(line{text: fmt.Sprint(i)}); n != i {
			t.Errorf("entry %d got number %d", i, n)
		}
	}
	j.complete(0, "too late", nil)
	j.ack(3, 3*time.Millisecond)
	j.complete(4, "failed", broken)
	got := j.look(time.Now())
	if texts(got) != "2= 3=acked in 3.0 ms 4=failed " || got[2].Err != broken {
		t.Errorf("entries %+v", got)
	}
}

// TestLogsOfAFleet: many logs are short until somebody looks; the one looked at is kept in full, for a while.
func TestLogsOfAFleet(t *testing.T) {
	room := &logRoom{limit: 100}
	j := journal{room: room}
	now := time.Now()
	number := 0
	fill := func(n int) {
		for range n {
			j.write(line{at: now.UnixNano(), text: fmt.Sprint(number)})
			number++
		}
	}
	check := func(step string, kept, room int) {
		t.Helper()
		if j.kept != kept || len(j.lines) > room {
			t.Errorf("%s: %d kept in %d, want %d in at most %d", step, j.kept, len(j.lines), kept, room)
		}
		for i := range j.kept {
			if l := j.at(number - 1 - i); l == nil || l.text != fmt.Sprint(number-1-i) {
				t.Fatalf("%s: line %d is %+v", step, number-1-i, l)
			}
		}
		if j.at(number-1-j.kept) != nil || j.at(number) != nil {
			t.Errorf("%s: there are lines that there are not", step)
		}
	}
	fill(2)
	check("begun", 2, 4)
	fill(200)
	check("alone", 100, 100)
	room.devices.Store(10_000)
	fill(1)
	check("one of ten thousand", leastLog, leastLog+leastLog/2+4)
	fill(50)
	check("goes on", leastLog, leastLog+leastLog/2+4)
	if got := j.look(now); len(got) != leastLog {
		t.Errorf("%d entries", len(got))
	}
	fill(200)
	check("looked at", 100, 100)
	now = now.Add(2 * logWatched)
	fill(1)
	check("nobody looks", leastLog, leastLog+leastLog/2+4)
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
		{"a little late does not drift", func() { s.keep(at(0.3), 0) }, 1},
		{"later still", func() { s.keep(at(1.9), 0) }, 2},
		{"slept through three", func() { s.keep(at(5.5), 0) }, 5},
		{"from then on as before", func() { s.keep(at(5.6), 0) }, 6},
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
