package events

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
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
	hub   *localhub.Hub
	ports [4]int
}

func startStation(t testing.TB) *station {
	t.Helper()
	s := &station{t: t, dir: t.TempDir()}
	s.start()
	t.Cleanup(s.stop)
	return s
}

// start starts the hub, on the ports it had before.
func (s *station) start() {
	s.t.Helper()
	h, err := localhub.Start(s.t.Context(), localhub.Options{
		StateDir: s.dir, ConsumerGroups: []string{"dash"},
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
	c, err := device.New(target.Service.ForDevice(id, made.Auth.Primary), device.Options{MQTTAddr: target.MQTTAddr, TLS: target.TLS})
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
	return c
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

// A reader runs a Monitor and keeps what it says.
type reader struct {
	t      testing.TB
	cancel context.CancelFunc
	done   chan struct{}

	mu     sync.Mutex
	change chan struct{} // closed and replaced when anything comes; guarded by mu
	events []Event
	states []PartitionState
	err    error
}

func read(t testing.TB, o Options) *reader {
	t.Helper()
	m, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &reader{t: t, cancel: cancel, done: make(chan struct{}), change: make(chan struct{})}
	go func() {
		defer close(r.done)
		err := m.Run(ctx, r)
		r.tell(func() { r.err = err })
	}()
	t.Cleanup(r.stop)
	return r
}

func (r *reader) stop() {
	r.cancel()
	<-r.done
}

func (r *reader) Events(batch []Event)   { r.tell(func() { r.events = append(r.events, batch...) }) }
func (r *reader) State(s PartitionState) { r.tell(func() { r.states = append(r.states, s) }) }

func (r *reader) tell(what func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	what()
	close(r.change)
	r.change = make(chan struct{})
}

// until waits until ok holds; ok is called with r.mu held.
func (r *reader) until(what string, ok func() bool) {
	r.t.Helper()
	late := time.After(time.Minute)
	for {
		r.mu.Lock()
		done, change := ok(), r.change
		r.mu.Unlock()
		if done {
			return
		}
		select {
		case <-change:
		case <-late:
			r.mu.Lock()
			defer r.mu.Unlock()
			r.t.Fatalf("waiting until %s: %d events, ended %v, states %+v", what, len(r.events), r.err, r.latest())
		}
	}
}

// latest is the last state of each partition; r.mu is held.
func (r *reader) latest() map[string]PartitionState {
	last := map[string]PartitionState{}
	for _, s := range r.states {
		last[s.Partition] = s
	}
	if len(last) > 1 {
		delete(last, "")
	}
	return last
}

// all waits until every one of the hub's partitions is in the phase.
func (r *reader) all(phase Phase) {
	r.t.Helper()
	r.until("all are "+phase.String(), func() bool {
		last := r.latest()
		for _, s := range last {
			if s.Phase != phase || s.Total != len(last) {
				return false
			}
		}
		return len(last) > 0
	})
}

func (r *reader) received(n int) []Event {
	r.t.Helper()
	r.until(fmt.Sprintf("%d events are there", n), func() bool { return len(r.events) >= n })
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.events
}

// ended waits for the end of Run.
func (r *reader) ended() error {
	r.t.Helper()
	select {
	case <-r.done:
	case <-time.After(time.Minute):
		r.t.Fatal("Run does not end")
	}
	return r.err
}

// A proxy stands between reader and hub and can do what networks do.
type proxy struct {
	to string
	l  net.Listener

	mu      sync.Mutex
	conns   []net.Conn // guarded by mu
	running sync.WaitGroup
	frozen  chan struct{} // guarded by mu: nothing passes until it is closed
}

func startProxy(t testing.TB, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	open := make(chan struct{})
	close(open)
	p := &proxy{to: to, l: l, frozen: open}
	p.running.Go(p.accept)
	t.Cleanup(func() {
		_ = l.Close()
		p.thaw()
		p.cut()
		p.running.Wait()
	})
	return p
}

func (p *proxy) addr() string { return p.l.Addr().String() }

func (p *proxy) accept() {
	for {
		near, err := p.l.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", p.to)
		if err != nil {
			_ = near.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, near, far)
		p.mu.Unlock()
		p.running.Go(func() { p.pass(far, near) })
		p.running.Go(func() { p.pass(near, far) })
	}
}

func (p *proxy) pass(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	_, _ = io.Copy(gate{p, to}, from)
}

// cut ends all connections, wherever their frames are.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}

// freeze lets nothing pass and keeps every connection.
func (p *proxy) freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frozen = make(chan struct{})
}

func (p *proxy) thaw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.frozen:
	default:
		close(p.frozen)
	}
}

type gate struct {
	p *proxy
	net.Conn
}

func (g gate) Write(b []byte) (int, error) {
	g.p.mu.Lock()
	frozen := g.p.frozen
	g.p.mu.Unlock()
	<-frozen
	return g.Conn.Write(b)
}
