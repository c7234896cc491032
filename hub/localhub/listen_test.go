package localhub

import (
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
)

// taken is a port that is in use on both loopback addresses.
func taken(t *testing.T) int {
	t.Helper()
	l, err := listen(defaultListen, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().(*net.TCPAddr).Port
}

func openPort(t *testing.T, p *port) error {
	t.Helper()
	t.Cleanup(p.close)
	return p.open(defaultListen)
}

// Protocol 0.8.
func TestPortRule(t *testing.T) {
	busy := taken(t)
	free := port{endpoint: "MQTT", wanted: 0}
	if err := openPort(t, &free); err != nil || free.number == 0 || free.note != nil {
		t.Errorf("any free port: %+v, %v", free, err)
	}
	exact := port{endpoint: "MQTT", wanted: busy}
	err := openPort(t, &exact)
	var refused *PortError
	if !errors.As(err, &refused) || refused.Port != busy || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a port in use: %v", err)
	}
	moved := port{endpoint: "MQTT", wanted: Preferred, wellKnown: busy}
	if err := openPort(t, &moved); err != nil || moved.number == busy || moved.note == nil {
		t.Fatalf("a preferred port in use: %+v, %v", moved, err)
	}
	if want := (PortNote{Endpoint: "MQTT", Wanted: busy, Port: moved.number, Reason: "in use"}); *moved.note != want {
		t.Errorf("note = %+v, want %+v", *moved.note, want)
	}
	free.close()
	again := port{endpoint: "MQTT", wanted: Preferred, wellKnown: free.number}
	if err := openPort(t, &again); err != nil || again.number != free.number || again.note != nil {
		t.Errorf("a preferred port that is free: %+v, %v", again, err)
	}
}

// Clients that know the hub as localhost may try ::1 and nothing else.
func TestBothLoopbackAddresses(t *testing.T) {
	if l, err := listen("::1", 0); err != nil {
		t.Skip("this machine has no IPv6")
	} else {
		_ = l.Close()
	}
	p := port{endpoint: "MQTT", wanted: 0}
	if err := openPort(t, &p); err != nil {
		t.Fatal(err)
	}
	var hosts []string
	for _, l := range p.listeners {
		hosts = append(hosts, l.Addr().(*net.TCPAddr).IP.String())
	}
	if !slices.Equal(hosts, []string{"127.0.0.1", "::1"}) {
		t.Errorf("listening on %v", hosts)
	}
}

func TestDialHost(t *testing.T) {
	for listen, want := range map[string]string{"127.0.0.1": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1", "192.0.2.7": "192.0.2.7"} {
		h := &Hub{o: Options{Listen: listen}}
		if got := h.dialHost(); got != want {
			t.Errorf("%s is dialled as %s, want %s", listen, got, want)
		}
	}
}

func TestHostNames(t *testing.T) {
	o := Options{Names: []string{"hub.example.net", "LOCALHOST"}, Listen: "192.0.2.7"}
	want := []string{"hub.example.net", "LOCALHOST", "127.0.0.1", "::1", "192.0.2.7"}
	if got := o.hostNames(); !slices.Equal(got, want) {
		t.Errorf("names = %v, want %v", got, want)
	}
}
