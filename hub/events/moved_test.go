package events

import (
	"sync"
	"testing"
)

// noted is a sink that keeps what is told of the hub as a whole.
type noted struct {
	mu      sync.Mutex
	notices []Notice
}

func (n *noted) Events([]Event) {}

func (n *noted) State(s PartitionState) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if s.Notice != nil {
		n.notices = append(n.notices, *s.Notice)
	}
}

// After a failover a hub has another Event Hubs-compatible endpoint: that is told, once.
func TestAnotherEndpointThanBeforeIsTold(t *testing.T) {
	o := startStation(t).options().withDefaults()
	sink := &noted{}
	r := &run{o: o, sink: sink, whole: newPartition("", 0, Latest(), sink, o.Logger)}
	for range 2 {
		if err := r.discover(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(sink.notices) > 0 {
		t.Errorf("the same endpoint gave %+v", sink.notices)
	}
	elsewhere := *r.endpoint
	elsewhere.EventHub.Host = "before.servicebus.windows.net"
	r.before = &elsewhere
	for range 2 {
		if err := r.discover(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(sink.notices) != 1 || sink.notices[0].Kind != Moved || sink.notices[0].Host != r.endpoint.EventHub.Host {
		t.Errorf("another endpoint gave %+v, want one that it moved to %s", sink.notices, r.endpoint.EventHub.Host)
	}
}
