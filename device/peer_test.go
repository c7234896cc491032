package device

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

const testKey = "c2VjcmV0"

func testDevice() connstr.Device {
	return connstr.Device{HostName: "hub.example", DeviceID: "dev1", Key: secret.New(testKey)}
}

// peer stands for a hub that does what a good one will not do. Each connection is played by script,
// with the number of the connection from 0; it ends when the script returns.
type peer struct {
	t      *testing.T
	script func(n int, s *peerSide)

	mu    sync.Mutex
	dials int
}

// peerSide is the hub's end of one connection.
type peerSide struct {
	net.Conn
	t       *testing.T
	connect *packets.ConnectPacket
}

// dial is for Options.Dial.
func (p *peer) dial(context.Context) (net.Conn, error) {
	p.mu.Lock()
	n := p.dials
	p.dials++
	p.mu.Unlock()
	near, far := net.Pipe()
	go func() {
		defer far.Close()
		p.script(n, &peerSide{Conn: far, t: p.t})
	}()
	return near, nil
}

func (p *peer) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dials
}

// accept reads the CONNECT and answers it.
func (s *peerSide) accept() bool { return s.answer(packets.Accepted) }

func (s *peerSide) answer(code byte) bool {
	packet, err := packets.ReadPacket(s)
	if err != nil {
		return false
	}
	connect, ok := packet.(*packets.ConnectPacket)
	if !ok {
		s.t.Errorf("first packet is %v", packet)
		return false
	}
	s.connect = connect
	ack := packets.NewControlPacket(packets.Connack).(*packets.ConnackPacket)
	ack.ReturnCode = code
	return ack.Write(s) == nil
}

// publish reads the next PUBLISH, answering pings meanwhile; nil after DISCONNECT or the end.
func (s *peerSide) publish() *packets.PublishPacket {
	for {
		packet, err := packets.ReadPacket(s)
		if err != nil {
			return nil
		}
		switch packet := packet.(type) {
		case *packets.PublishPacket:
			return packet
		case *packets.PingreqPacket:
			if err := packets.NewControlPacket(packets.Pingresp).Write(s); err != nil {
				return nil
			}
		case *packets.DisconnectPacket:
			return nil
		}
	}
}

// ack confirms a PUBLISH. It writes from another goroutine, as net.Pipe has no buffer.
func (s *peerSide) ack(id uint16) {
	packet := packets.NewControlPacket(packets.Puback).(*packets.PubackPacket)
	packet.MessageID = id
	_ = packet.Write(s)
}

// serve confirms everything.
func (s *peerSide) serve() {
	for p := s.publish(); p != nil; p = s.publish() {
		s.ack(p.MessageID)
	}
}

// swallow reads everything and answers nothing.
func (s *peerSide) swallow() { _, _ = io.Copy(io.Discard, s) }

// good is the script of a hub that does as it should.
func good(_ int, s *peerSide) {
	if s.accept() {
		s.serve()
	}
}

// newClient makes a client of the peer that is closed, at once, with the test.
func newClient(t *testing.T, p *peer, o Options) *Client {
	t.Helper()
	p.t = t
	if o.Dial == nil {
		o.Dial = p.dial
	}
	c, err := New(testDevice(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeNow(c) })
	return c
}

func closeNow(c *Client) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = c.Close(ctx)
}

func mustConnect(t *testing.T, c *Client) {
	t.Helper()
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func mustSend(t *testing.T, c *Client, id string) *Receipt {
	t.Helper()
	r, err := c.Send(Message{MessageID: id, Text: "body of " + id})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wait(t *testing.T, r *Receipt) error {
	t.Helper()
	select {
	case <-r.Done():
		return r.Err()
	case <-time.After(time.Hour):
		t.Fatalf("message %s has no end", r.MessageID)
		return nil
	}
}

// states records what OnState is told.
type states struct {
	mu  sync.Mutex
	all []State
}

func (s *states) add(st State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, st)
}

func (s *states) list() []State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]State(nil), s.all...)
}
