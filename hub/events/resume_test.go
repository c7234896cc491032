package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

func TestRunReplacesItsToken(t *testing.T) {
	s := startStation(t)
	o := s.options()
	o.tokenLifetime = tokenReserve + time.Second
	r := read(t, o)
	r.all(Live)
	c := s.device("wind-1")
	s.send(c, 0, 10)
	r.until("it connects anew", func() bool {
		connects := 0
		for _, state := range r.states {
			if state.Partition == "0" && state.Phase == Connecting {
				connects++
			}
			if state.Phase == Retrying {
				t.Fatalf("%+v", state)
			}
		}
		return connects > 1
	})
	s.send(c, 10, 20)
	r.received(20)
	r.stop()
	onceEach(t, r.events, map[string]int{"wind-1": 20})
}

func TestRunGoesOnAfterARestartOfTheHub(t *testing.T) {
	s := startStation(t)
	s.send(s.device("before"), 0, 50)
	o := s.options()
	o.Start = Earliest()
	r := read(t, o)
	r.received(50)
	s.stop()
	r.all(Retrying)
	s.start()
	r.all(Live)
	s.send(s.device("after"), 0, 50)
	r.received(100)
	r.stop()
	onceEach(t, r.events, map[string]int{"before": 50, "after": 50})
}

// What is sent while the connection is down, before any event came, belongs to "from now" too.
func TestFromNowCountsFromTheStart(t *testing.T) {
	s := startStation(t)
	c := s.device("wind-1")
	s.send(c, 0, 5)
	o := s.options()
	p := startProxy(t, o.AMQPAddr)
	o.AMQPAddr = p.addr()
	r := read(t, o)
	r.all(Live)
	p.freeze()
	p.cut()
	s.send(c, 5, 10)
	p.thaw()
	if got := r.received(5)[0]; got.MessageID != "message_5" {
		t.Errorf("first: %+v", got)
	}
	r.stop()
	if len(r.events) != 5 {
		t.Errorf("%d events, want 5", len(r.events))
	}
}

func TestRunLosesNothingWhenConnectionsAreCut(t *testing.T) {
	const devices, each = 4, 2500
	s := startStation(t)
	o := s.options()
	p := startProxy(t, o.AMQPAddr)
	o.AMQPAddr = p.addr()
	r := read(t, o)
	r.all(Live)

	var sending sync.WaitGroup
	want := map[string]int{}
	for i := range devices {
		id := fmt.Sprintf("wind-%d", i)
		want[id] = each
		c := s.device(id)
		sending.Go(func() {
			if err := sendEach(c, 0, each, numbered); err != nil {
				t.Error(err)
			}
		})
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	cuts := 0
	for next := 0; next < devices*each; next += 100 + random.IntN(700) {
		r.received(next)
		p.cut()
		cuts++
	}
	sending.Wait()
	r.received(devices * each)
	r.stop()
	onceEach(t, r.events, want)
	t.Logf("%d events, %d cuts", len(r.events), cuts)
}

// onceEach checks that the events are messages 0 to n-1 of each device, in order.
func onceEach(t *testing.T, got []Event, want map[string]int) {
	t.Helper()
	next := map[string]int{}
	for _, e := range got {
		var body struct{ N int }
		if err := json.Unmarshal(e.Body, &body); err != nil {
			t.Fatal(err)
		}
		if body.N != next[e.DeviceID] {
			t.Fatalf("%s: message %d came, want %d", e.DeviceID, body.N, next[e.DeviceID])
		}
		next[e.DeviceID]++
	}
	for id, n := range want {
		if next[id] != n {
			t.Errorf("%s: %d messages, want %d", id, next[id], n)
		}
	}
}

// A hub that keeps its connection and answers nothing is noticed and said within the time-out.
func TestRunNoticesAHubThatIsSilent(t *testing.T) {
	s := startStation(t)
	o := s.options()
	p := startProxy(t, o.AMQPAddr)
	o.AMQPAddr, o.Timeout = p.addr(), 300*time.Millisecond
	r := read(t, o)
	r.all(Live)
	p.freeze()
	r.until("it says so", func() bool {
		for _, state := range r.latest() {
			if state.Phase == Retrying && errors.Is(state.Err, ErrTimeout) {
				return true
			}
		}
		return false
	})
	p.thaw()
	r.all(Live)
	s.send(s.device("wind-1"), 0, 5)
	r.received(5)
}
