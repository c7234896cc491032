package events

import (
	"fmt"
	"testing"
	"time"

	"hubscope/hub/connstr"
)

func TestDiscoverFollowsTheRedirect(t *testing.T) {
	s := startStation(t)
	found, err := Discover(soon(t), s.options())
	if err != nil {
		t.Fatal(err)
	}
	target := s.hub.Target()
	want := connstr.EventHub{
		Endpoint: "sb://localhost/", Host: "localhost", EntityPath: s.hub.EventHub().EntityPath,
		PolicyName: target.Service.PolicyName, Key: target.Service.Key,
	}
	if found.EventHub != want || found.Addr != target.AMQPAddr {
		t.Errorf("found %v at %s, want %v at %s", found.EventHub, found.Addr, want, target.AMQPAddr)
	}
}

func TestRunReadsWhatADeviceSends(t *testing.T) {
	s := startStation(t)
	direct := s.hub.EventHub()
	byRedirect, byString := s.options(), s.options()
	byString.Service, byString.AMQPAddr, byString.TLS, byString.EventHub = connstr.Service{}, "", nil, &direct
	readers := []*reader{read(t, byRedirect), read(t, byString)}
	for _, r := range readers {
		r.all(Live)
	}
	began := time.Now()
	s.send(s.device("wind-1"), 0, 100)
	for _, r := range readers {
		for i, e := range r.received(100) {
			if e.DeviceID != "wind-1" || e.ModuleID != "" || e.Source != "Telemetry" || e.MessageID != fmt.Sprintf("message_%d", i) ||
				string(e.Body) != fmt.Sprintf(`{"n":%d}`, i) || e.Properties["Property"] != fmt.Sprintf("PropMsg_%d", i) {
				t.Fatalf("event %d: %+v", i, e)
			}
			if e.Enqueued.Before(began.Add(-time.Second)) || e.Received.Before(began) || e.Offset == "" || e.Partition == "" || e.Sequence != int64(i) {
				t.Fatalf("event %d: %+v", i, e)
			}
			if e.System["iothub-connection-auth-method"] == nil || e.System["iothub-connection-auth-generation-id"] == nil || e.System["iothub-enqueuedtime"] == nil {
				t.Fatalf("event %d: annotations %v", i, e.System)
			}
		}
		r.stop()
		if r.err != nil {
			t.Errorf("Run: %v", r.err)
		}
		for id, last := range r.latest() {
			if last.Phase != Stopped || last.Err != nil {
				t.Errorf("partition %s at the end: %+v", id, last)
			}
		}
	}
}

func TestRunStartsWhereItIsAskedTo(t *testing.T) {
	s := startStation(t)
	c := s.device("wind-1")
	s.send(c, 0, 10)
	all := read(t, func() Options { o := s.options(); o.Start = Earliest(); return o }())
	there := all.received(10)
	home := there[0].Partition
	for time.Now().UnixMilli() <= there[9].Enqueued.UnixMilli() { // "at" counts in milliseconds
		time.Sleep(time.Millisecond)
	}
	middle := time.Now()
	s.send(c, 10, 20)
	there = all.received(20)

	const fresh = -1 // the first event is one sent after the start
	for _, test := range []struct {
		name  string
		start func() Position
		first int
	}{
		{"from the beginning", Earliest, 0},
		{"from now", Latest, fresh},
		{"after a sequence number", func() Position { return AfterSequence(there[4].Sequence) }, 5},
		{"after the last", func() Position { return AfterSequence(there[len(there)-1].Sequence) }, fresh},
		{"after an offset", func() Position { return AfterOffset(there[7].Offset) }, 8},
		{"at a time", func() Position { return At(middle) }, 10},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := s.options()
			o.Start, o.Partitions, o.ConsumerGroup = test.start(), []string{home}, "dash"
			r := read(t, o)
			r.until("it is live", func() bool { return r.latest()[home].Phase == Live })
			first := test.first
			if first == fresh {
				first = len(there)
				s.send(c, first, first+1)
				there = all.received(first + 1)
			}
			got := r.received(len(there) - first)
			if got[0].Sequence != there[first].Sequence || got[0].MessageID != there[first].MessageID {
				t.Errorf("first event %+v, want %+v", got[0], there[first])
			}
		})
	}
}

func TestRunSaysHowFarBehindItIs(t *testing.T) {
	s := startStation(t)
	s.send(s.device("wind-1"), 0, 3000)
	o := s.options()
	o.Start = Earliest()
	r := read(t, o)
	home := r.received(3000)[0].Partition
	r.until("it is live at the end", func() bool {
		last := r.latest()[home]
		return last.Phase == Live && last.Behind == 0
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, state := range r.states {
		if state.Partition != home {
			continue
		}
		if state.Behind < 0 || state.Behind > 3000 || state.Total != 4 {
			t.Errorf("%+v", state)
		}
	}
}
