package mqtt

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// Bytes at random end their connection, and nothing else.
func TestGarbage(t *testing.T) {
	s := newStation(t)
	key := s.device("dev1")
	neighbour := s.connect("dev2", s.device("dev2"))
	random := rand.New(rand.NewPCG(7, 7))
	for i := range 200 {
		p := s.dial()
		if i%2 == 0 {
			p.open(s.login("dev1", key))
		}
		garbage := make([]byte, 1+random.IntN(5000))
		for i := range garbage {
			garbage[i] = byte(random.Uint32())
		}
		p.conn.SetWriteDeadline(time.Now().Add(patience))
		p.conn.Write(garbage)
		p.conn.Close()
	}
	neighbour.alive()
	neighbour.conn.Close()
	eventually(t, func() bool {
		s.server.mu.Lock()
		defer s.server.mu.Unlock()
		return len(s.server.conns) == 0 && s.server.strangers == 0
	})
}

// What was taken before Close is acknowledged; the device did not die, so there is no will.
// Protocol 4.3.1.
func TestCloseAcknowledgesWhatItTook(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"), func(c *packets.ConnectPacket) {
		c.WillFlag, c.WillTopic, c.WillMessage = true, events1, []byte("gone")
	})
	const n = 100
	for i := range n {
		p.send(publish(events1, 1, uint16(i+1), []byte("x")))
	}
	closed := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		closed <- s.server.Close(ctx)
	}()
	acknowledged := 0
	p.conn.SetReadDeadline(time.Now().Add(patience))
	for {
		packet, err := packets.ReadPacket(p.in)
		if err != nil {
			break
		}
		acknowledged++
		if id := packet.Details().MessageID; id != uint16(acknowledged) {
			t.Errorf("PUBACK %d, want %d", id, acknowledged)
		}
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	for _, m := range s.events("dev1", acknowledged) {
		if got := body(t, m); got != "x" {
			t.Errorf("%q is in the log", got)
		}
	}
}
