package events

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"testing"
	"time"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/localhub"
)

// A station is a local hub on free ports, reached over its sockets.
type station struct {
	t     testing.TB
	dir   string
	more  localhub.Options // of which retention and faults count
	hub   *localhub.Hub
	ports [4]int
}

func startStation(t testing.TB) *station {
	t.Helper()
	return startStationWith(t, localhub.Options{})
}

func startStationWith(t testing.TB, o localhub.Options) *station {
	t.Helper()
	s := &station{t: t, dir: t.TempDir(), more: o}
	s.start()
	t.Cleanup(s.stop)
	return s
}

// start starts the hub, on the ports it had before.
func (s *station) start() {
	s.t.Helper()
	h, err := localhub.Start(s.t.Context(), localhub.Options{
		StateDir: s.dir, ConsumerGroups: []string{"dash"}, RetentionBytes: s.more.RetentionBytes, Partitions: s.more.Partitions,
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

// options read the hub by the redirect, over TLS.
func (s *station) options() Options {
	target := s.hub.Target()
	return Options{
		Service: target.Service, AMQPAddr: target.AMQPAddr, TLS: target.TLS,
		RetryMin: 5 * time.Millisecond, RetryMax: 50 * time.Millisecond,
	}
}

// device makes an identity and connects as it.
func (s *station) device(id string) *device.Client {
	s.t.Helper()
	target := s.hub.Target()
	registry, err := hub.New(hub.Options{Target: target})
	if err != nil {
		s.t.Fatal(err)
	}
	defer registry.Close()
	made, err := registry.CreateDevice(s.t.Context(), hub.Device{DeviceID: id})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.connect(made)
}

// again connects as a device that there is.
func (s *station) again(id string) *device.Client {
	s.t.Helper()
	registry, err := hub.New(hub.Options{Target: s.hub.Target()})
	if err != nil {
		s.t.Fatal(err)
	}
	defer registry.Close()
	known, err := registry.Device(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.connect(known)
}

func (s *station) connect(as hub.Device) *device.Client {
	s.t.Helper()
	target, id := s.hub.Target(), as.DeviceID
	c, err := device.New(target.Service.ForDevice(id, as.Auth.Primary), device.Options{MQTTAddr: target.MQTTAddr, TLS: target.TLS})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { closeDevice(s.t, c) })
	if err := c.Connect(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	return c
}

func closeDevice(t testing.TB, c *device.Client) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		t.Log(err)
	}
}

// send sends messages n to m-1 and waits until the hub has them.
func (s *station) send(c *device.Client, n, m int) {
	s.t.Helper()
	if err := sendEach(c, n, m, numbered); err != nil {
		s.t.Fatal(err)
	}
}

func numbered(n int) device.Message {
	return device.Message{
		MessageID: fmt.Sprintf("message_%d", n), Body: fmt.Appendf(nil, `{"n":%d}`, n),
		Properties: []device.Property{{Key: "Property", Value: fmt.Sprintf("PropMsg_%d", n)}},
	}
}

// sendEach sends the messages n to m-1, in windows, and returns when the hub has confirmed all.
func sendEach(c *device.Client, n, m int, message func(int) device.Message) error {
	const window = 500
	for n < m {
		var receipts []*device.Receipt
		for ; n < m && len(receipts) < window; n++ {
			r, err := c.Send(message(n))
			if err != nil {
				return err
			}
			receipts = append(receipts, r)
		}
		for _, r := range receipts {
			<-r.Done()
			if err := r.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}
