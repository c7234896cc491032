package c2d

import (
	"context"
	"net"
	"strconv"
	"testing"
	"time"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/events"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/fault"
)

// A station is a local hub on free ports, reached over its sockets.
type station struct {
	t        testing.TB
	dir      string
	hub      *localhub.Hub
	registry *hub.Client
	ports    [4]int
	faults   []fault.Rule
}

func startStation(t testing.TB, faults ...fault.Rule) *station {
	t.Helper()
	s := &station{t: t, dir: t.TempDir(), faults: faults}
	s.start()
	t.Cleanup(s.stop)
	var err error
	if s.registry, err = hub.New(hub.Options{Target: s.hub.Target()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.registry.Close)
	return s
}

// start starts the hub, on the ports it had before.
func (s *station) start() {
	s.t.Helper()
	h, err := localhub.Start(s.t.Context(), localhub.Options{
		StateDir: s.dir, Faults: s.faults,
		HTTPSPort: s.ports[0], MQTTPort: s.ports[1], AMQPPort: s.ports[2], AMQPPlainPort: s.ports[3],
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.hub = h
	target := h.Target()
	for i, addr := range []string{target.HTTPSAddr, target.MQTTAddr, target.AMQPAddr, h.EventHub().Host} {
		_, port, _ := net.SplitHostPort(addr)
		s.ports[i], _ = strconv.Atoi(port)
	}
}

func (s *station) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.hub.Close(ctx); err != nil {
		s.t.Error(err)
	}
}

func (s *station) options() events.Options {
	target := s.hub.Target()
	return events.Options{
		Service: target.Service, AMQPAddr: target.AMQPAddr, HTTPSAddr: target.HTTPSAddr, TLS: target.TLS,
		RetryMin: 5 * time.Millisecond, RetryMax: 50 * time.Millisecond,
	}
}

func (s *station) sender(change ...func(*events.Options)) *Sender {
	s.t.Helper()
	o := s.options()
	for _, c := range change {
		c(&o)
	}
	sender, err := New(o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(sender.Close)
	return sender
}

// identity makes one.
func (s *station) identity(id string) hub.Device {
	s.t.Helper()
	made, err := s.registry.CreateDevice(s.t.Context(), hub.Device{DeviceID: id})
	if err != nil {
		s.t.Fatal(err)
	}
	return made
}

// connect connects as a device, and gives the messages that it gets.
func (s *station) connect(as hub.Device) <-chan *device.Incoming {
	s.t.Helper()
	target := s.hub.Target()
	got := make(chan *device.Incoming, 100)
	c, err := device.New(target.Service.ForDevice(as.DeviceID, as.Auth.Primary), device.Options{
		MQTTAddr: target.MQTTAddr, TLS: target.TLS,
		OnMessage: func(m *device.Incoming) device.Settlement {
			got <- m
			return device.Complete
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = c.Close(ctx)
	})
	if err := c.Connect(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	return got
}

func (s *station) queued(id string) int {
	s.t.Helper()
	d, err := s.registry.Device(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return d.C2DCount
}
