package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"hubscope/hub/connstr"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
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

func TestRunEndsWithAReason(t *testing.T) {
	s := startStation(t)
	device := secret.New("d3JvbmcgYnV0IGxvbmcgZW5vdWdo")
	for _, test := range []struct {
		name   string
		change func(*Options)
		kind   error
	}{
		{"wrong key", func(o *Options) { o.Service.Key = device }, ErrUnauthorized},
		{"unknown policy", func(o *Options) { o.Service.PolicyName = "nobody" }, ErrUnauthorized},
		{"policy without the right", func(o *Options) {
			p, _ := s.hub.Core().Policy("device")
			o.Service.PolicyName, o.Service.Key = p.Name, p.Primary
		}, ErrUnauthorized},
		{"wrong key of the endpoint", func(o *Options) { e := s.hub.EventHub(); e.Key = device; o.EventHub = &e }, ErrUnauthorized},
		{"token that has ended", func(o *Options) {
			e := s.hub.EventHub()
			e.Token = sas.EventHubs(e.Endpoint+e.EntityPath, e.Key, e.PolicyName, time.Now().Add(-time.Hour))
			o.EventHub = &e
		}, ErrUnauthorized},
		{"another event hub", func(o *Options) { e := s.hub.EventHub(); e.EntityPath = "another"; o.EventHub = &e }, ErrUnauthorized},
		{"unknown consumer group", func(o *Options) { o.ConsumerGroup = "nobody" }, ErrConsumerGroup},
		{"unknown partition", func(o *Options) { o.Partitions = []string{"0", "99"} }, ErrPartition},
		{"offset beyond the end", func(o *Options) { o.Start = AfterOffset("99999999999"); o.Partitions = []string{"0"} }, ErrPosition},
		{"authority not trusted", func(o *Options) { o.TLS = nil }, ErrUntrusted},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := s.options()
			test.change(&o)
			r := read(t, o)
			err := r.ended()
			if !errors.Is(err, test.kind) {
				t.Fatalf("%v, want %v", err, test.kind)
			}
			for id, last := range r.latest() {
				if last.Phase != Stopped || last.Err == nil {
					t.Errorf("partition %s at the end: %+v", id, last)
				}
			}
			t.Log(err)
		})
	}
}

func TestRunWithAReadyToken(t *testing.T) {
	s := startStation(t)
	e := s.hub.EventHub()
	e.Token = sas.EventHubs(e.Endpoint+e.EntityPath, e.Key, e.PolicyName, time.Now().Add(time.Hour))
	e.Key, e.PolicyName = secret.Text{}, ""
	o := s.options()
	o.EventHub = &e
	read(t, o).all(Live)
}

func TestOwnerLevelTakesThePartition(t *testing.T) {
	s := startStation(t)
	o := s.options()
	o.OwnerLevel = new(int64(1))
	first := read(t, o)
	first.all(Live)
	lower := s.options()
	lower.OwnerLevel = new(int64(0))
	if err := read(t, lower).ended(); !errors.Is(err, ErrStolen) {
		t.Errorf("a lower level ended with %v", err)
	}
	o.OwnerLevel = new(int64(2))
	second := read(t, o)
	if err := first.ended(); !errors.Is(err, ErrStolen) {
		t.Errorf("the one before ended with %v", err)
	}
	second.all(Live)
}

func TestTheSixthReaderIsRefused(t *testing.T) {
	s := startStation(t)
	for range 5 {
		read(t, s.options()).all(Live)
	}
	if err := read(t, s.options()).ended(); !errors.Is(err, ErrTooManyReceivers) {
		t.Errorf("the sixth ended with %v", err)
	}
	o := s.options()
	o.ConsumerGroup = "dash"
	read(t, o).all(Live)
}

// A hub may take a while to notice that a connection is gone: until then it still counts its receivers.
func TestALostPlaceIsWaitedFor(t *testing.T) {
	s := startStation(t)
	s.send(s.device("wind-1"), 0, 1)
	for range 4 {
		read(t, s.options()).all(Live)
	}
	o := s.options()
	p := startProxy(t, o.AMQPAddr)
	o.AMQPAddr = p.addr()
	fifth := read(t, o)
	fifth.all(Live)
	p.freeze()
	p.cut()
	sixth := read(t, s.options())
	sixth.all(Live)
	p.thaw()
	fifth.until("it is refused", func() bool {
		for _, state := range fifth.states {
			if errors.Is(state.Err, ErrTooManyReceivers) {
				return state.Phase == Retrying
			}
		}
		return false
	})
	sixth.stop()
	fifth.all(Live)
}

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
