package events

import (
	"testing"
)

func TestRunReadsOverAWebSocket(t *testing.T) {
	s := startStation(t)
	o := s.options()
	o.WebSocket, o.HTTPSAddr, o.AMQPAddr = true, s.hub.Target().HTTPSAddr, "127.0.0.1:1"
	r := read(t, o)
	r.all(Live)
	s.send(s.device("wind-1"), 0, 1000)
	r.received(1000)
	r.stop()
	onceEach(t, r.events, map[string]int{"wind-1": 1000})
}

func TestProbeTellsWhichWaysAreOpen(t *testing.T) {
	s := startStation(t)
	o := s.options()
	o.HTTPSAddr = s.hub.Target().HTTPSAddr
	if got := Probe(t.Context(), o); got.AMQP != nil || got.WebSocket != nil {
		t.Errorf("both are open: %+v", got)
	}
	o.AMQPAddr = "127.0.0.1:1"
	if got := Probe(t.Context(), o); got.AMQP == nil || got.WebSocket != nil {
		t.Errorf("only WebSocket is open: %+v", got)
	}
	o.HTTPSAddr = s.hub.Target().MQTTAddr
	if got := Probe(t.Context(), o); got.WebSocket == nil {
		t.Errorf("there is no WebSocket: %+v", got)
	}
}
