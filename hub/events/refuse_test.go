package events

import (
	"errors"
	"testing"
	"time"

	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

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
