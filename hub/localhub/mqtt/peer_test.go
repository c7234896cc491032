package mqtt

import (
	"bufio"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/secret"
)

// patience is how long a peer waits for what must come.
const patience = 30 * time.Second

// peer is a scripted client: it sends whatever it is told to, and sees every packet.
type peer struct {
	t    testing.TB
	conn net.Conn
	in   *bufio.Reader
}

func newPeer(t testing.TB, conn net.Conn) *peer {
	t.Cleanup(func() { conn.Close() })
	return &peer{t: t, conn: conn, in: bufio.NewReader(conn)}
}

// dial connects a peer to the server without TLS, over a pipe; a test in a bubble of synctest can use it.
func (s *station) dial() *peer {
	near, far := net.Pipe()
	go s.server.ServeConn(far)
	return newPeer(s.t, near)
}

// connect makes a peer that is connected as a device.
func (s *station) connect(id string, key secret.Text, change ...func(*packets.ConnectPacket)) *peer {
	s.t.Helper()
	p := s.dial()
	ack := p.open(s.login(id, key, change...))
	if ack.ReturnCode != packets.Accepted {
		s.t.Fatalf("CONNACK %d", ack.ReturnCode)
	}
	return p
}

// login is the CONNECT of a device that does everything right, with changes.
func (s *station) login(id string, key secret.Text, change ...func(*packets.ConnectPacket)) *packets.ConnectPacket {
	s.t.Helper()
	p := packets.NewControlPacket(packets.Connect).(*packets.ConnectPacket)
	p.ProtocolName, p.ProtocolVersion, p.Keepalive, p.CleanSession = "MQTT", 4, 60, true
	p.ClientIdentifier = id
	p.UsernameFlag, p.Username = true, topic.Username("localhost", id, "")
	p.PasswordFlag, p.Password = true, []byte(s.token(id, key, time.Now().Add(time.Hour)))
	for _, f := range change {
		f(p)
	}
	return p
}

func (p *peer) open(connect *packets.ConnectPacket) *packets.ConnackPacket {
	p.t.Helper()
	p.send(connect)
	return receive[*packets.ConnackPacket](p)
}

func (p *peer) send(packet packets.ControlPacket) {
	p.t.Helper()
	p.conn.SetWriteDeadline(time.Now().Add(patience))
	if err := packet.Write(p.conn); err != nil {
		p.t.Fatalf("send %s: %v", packet, err)
	}
}

// sendBytes sends what need not be a packet.
func (p *peer) sendBytes(b []byte) {
	p.t.Helper()
	p.conn.SetWriteDeadline(time.Now().Add(patience))
	if _, err := p.conn.Write(b); err != nil {
		p.t.Fatalf("send: %v", err)
	}
}

// try sends a packet to a server that may close the connection meanwhile.
func (p *peer) try(packet packets.ControlPacket) {
	p.conn.SetWriteDeadline(time.Now().Add(patience))
	packet.Write(p.conn)
}

// receive waits for a packet of one type.
func receive[P packets.ControlPacket](p *peer) P {
	p.t.Helper()
	p.conn.SetReadDeadline(time.Now().Add(patience))
	packet, err := packets.ReadPacket(p.in)
	if err != nil {
		p.t.Fatalf("receive: %v", err)
	}
	want, ok := packet.(P)
	if !ok {
		p.t.Fatalf("received %s, want %T", packet, want)
	}
	return want
}

// closed waits until the server closes the connection, and fails when anything comes before.
func (p *peer) closed() {
	p.t.Helper()
	p.conn.SetReadDeadline(time.Now().Add(patience))
	packet, err := packets.ReadPacket(p.in)
	if err == nil {
		p.t.Fatalf("received %s, want the end of the connection", packet)
	}
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		p.t.Fatal("the connection is still open")
	}
}

// alive checks that the server answers.
func (p *peer) alive() {
	p.t.Helper()
	p.send(packets.NewControlPacket(packets.Pingreq))
	receive[*packets.PingrespPacket](p)
}

func publish(topic string, qos byte, id uint16, body []byte) *packets.PublishPacket {
	p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	p.TopicName, p.Qos, p.MessageID, p.Payload = topic, qos, id, body
	return p
}

func subscribeTo(id uint16, qos byte, filters ...string) *packets.SubscribePacket {
	p := packets.NewControlPacket(packets.Subscribe).(*packets.SubscribePacket)
	p.MessageID, p.Topics = id, filters
	for range filters {
		p.Qoss = append(p.Qoss, qos)
	}
	return p
}
