package tally

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hubscope/hub/events"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/monitortest"
)

// TestProofIsWhatASetFinds: whatever is lost, comes twice or late, the window says what one would find that remembers
// all numbers.
func TestProofIsWhatASetFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p Proof
		seen := map[uint64]bool{}
		var twice, late, top uint64
		base := ^uint64(0)
		for i, gap := range rapid.SliceOfN(rapid.IntRange(-20, 40), 1, 300).Draw(t, "steps") {
			n := uint64(max(1, int(top)+gap))
			if i == 0 {
				n = uint64(rapid.IntRange(1, 10_000).Draw(t, "first"))
			}
			switch {
			case seen[n]:
				twice++
			case n < top:
				late++
			}
			seen[n] = true
			base, top = min(base, n), max(top, n)
			p.add("run", n)
		}
		missing := top - base + 1 - uint64(len(seen))
		if p.Seen != uint64(len(seen)) || p.Twice != twice || p.Late != late || p.Missing != missing || p.Old != 0 || p.Last != top {
			t.Fatalf("%+v, want seen %d, twice %d, late %d, missing %d", p, len(seen), twice, late, missing)
		}
	})
}

func TestProofOfSeveralRuns(t *testing.T) {
	var p Proof
	for n := uint64(1); n <= 10; n++ {
		p.add("one", n)
	}
	p.add("two", 1)
	p.add("one", 12) // the last of a run can come after the first of the next
	p.add("one", 11)
	p.add("two", 3)
	if p.Seen != 14 || p.Missing != 1 || p.Late != 1 || p.Runs != 2 || p.Run != "two" || p.Last != 3 {
		t.Errorf("%+v", p)
	}
	for i := range 10 {
		p.add(fmt.Sprint("more", i), 1)
	}
	if p.Seen != 24 || p.Missing != 1 || p.Late != 1 || len(p.runs) != maxRuns {
		t.Errorf("after many runs: %+v, %d followed", p, len(p.runs))
	}
}

// TestProofBeyondTheWindow: a number that is too old to be remembered is not called a duplicate.
func TestProofBeyondTheWindow(t *testing.T) {
	var p Proof
	p.add("", 1)
	p.add("", 2+window)
	p.add("", 2)
	if p.Old != 1 || p.Twice != 0 || p.Missing != window {
		t.Errorf("%+v", p)
	}
	p.add("", 1<<63)
	if p.Seen != 3 || p.Last != 1<<63 {
		t.Errorf("%+v", p)
	}
}

func TestQuantilesAreNearTheTruth(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var l Latencies
	var all []time.Duration
	for range 10_000 {
		d := time.Duration(random.ExpFloat64() * float64(40*time.Millisecond))
		all = append(all, d)
		l.add(d)
	}
	slices.Sort(all)
	for _, q := range []float64{0.5, 0.9, 0.99} {
		want, got := all[int(q*float64(len(all)))], l.Quantile(q)
		if diff := (got - want).Abs(); diff > want/7 {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	l.turn()
	if !l.Any() {
		t.Error("the last term is forgotten too soon")
	}
	if l.turn(); l.Any() || l.Quantile(0.5) != 0 {
		t.Error("two terms are not forgotten")
	}
	l.add(-time.Hour)
	l.add(1000 * time.Hour)
	if l.Quantile(0.5) > time.Millisecond || l.Quantile(1) < time.Hour {
		t.Errorf("clocks that differ give %v and %v", l.Quantile(0.5), l.Quantile(1))
	}
}

func TestTallyIsBounded(t *testing.T) {
	now := monitortest.Noon
	tally := New(now)
	for n := range MaxDevices + 500 {
		e := history.Event{Event: events.Event{DeviceID: fmt.Sprint("device-", n), Partition: fmt.Sprint(n), Enqueued: now, Received: now}}
		tally.Add(uint64(n), &e)
	}
	if len(tally.Devices()) != MaxDevices || tally.Others != 500 || len(tally.Partitions()) != MaxPartitions || tally.Total.Events != MaxDevices+500 {
		t.Errorf("%d devices, %d others, %d partitions, %d in total", len(tally.Devices()), tally.Others, len(tally.Partitions()), tally.Total.Events)
	}
}

func TestRatesAreSmoothed(t *testing.T) {
	now := monitortest.Noon
	tally := New(now)
	for second := range 60 {
		for n := range 10 {
			e := monitortest.Kept(monitortest.Wind(10*second + n))
			tally.Add(0, &e)
		}
		now = now.Add(time.Second)
		tally.Turn(now)
	}
	if tally.Total.Rate != 10 || tally.Total.ByteRate < 300 {
		t.Errorf("rate %v, %v bytes/s", tally.Total.Rate, tally.Total.ByteRate)
	}
	d := tally.Devices()[0]
	if d.Name != "wind-1" || d.Rate < 2.5 || d.Rate > 4 || d.Here.Quantile(0.5).Round(10*time.Millisecond) != 40*time.Millisecond || !d.Clock.Any() {
		t.Errorf("%s: rate %v, latency %v", d.Name, d.Rate, d.Here.Quantile(0.5))
	}
	for range 60 {
		now = now.Add(time.Second)
		tally.Turn(now)
	}
	if tally.Total.Rate != 0 || tally.Total.Here.Any() || tally.Total.Events != 600 {
		t.Errorf("after a silence: rate %v", tally.Total.Rate)
	}
}

func TestTheLastEventIsKept(t *testing.T) {
	tally := New(monitortest.Noon)
	small, large := monitortest.Kept(monitortest.Wind(0)), monitortest.Kept(monitortest.Wind(0))
	tally.Add(7, &small)
	tally.Settle(func(uint64) *history.Event { return &small })
	if d := tally.Devices()[0]; d.LastIndex != 7 || string(d.Last.Body) != string(small.Body) {
		t.Errorf("%+v", d.Last)
	}
	large.Body = make([]byte, maxBody+1)
	tally.Add(8, &large)
	tally.Settle(func(uint64) *history.Event { return &large })
	if d := tally.Devices()[0]; d.LastIndex != 8 || d.Last.Body != nil {
		t.Error("a large body is kept beside the history")
	}
}
