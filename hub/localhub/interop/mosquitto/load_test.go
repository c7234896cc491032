package mosquitto

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"golang.org/x/sync/errgroup"
)

// load is telemetry at QoS 1 from many connections, each keeping a window of messages in flight. It is lean,
// so that what is measured is the server: a PUBLISH is encoded once a connection, and acknowledgements are
// only counted, in order.
type load struct {
	connections int
	messages    int // of each connection
	window      int
	body        []byte
	dial        func(ctx context.Context) (net.Conn, error)
	client      func(i int) client
}

// client is what one connection says of itself.
type client struct{ id, user, password, topic string }

// connect opens all connections. The caller closes them.
func (l load) connect(ctx context.Context) ([]*sender, error) {
	senders := make([]*sender, l.connections)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for i := range senders {
		group.Go(func() error {
			s, err := newSender(ctx, l, l.client(i))
			senders[i] = s
			return err
		})
	}
	err := group.Wait()
	if err != nil {
		closeAll(senders)
	}
	return senders, err
}

func closeAll(senders []*sender) {
	for _, s := range senders {
		if s != nil {
			s.conn.Close()
		}
	}
}

// run sends everything and returns when everything is acknowledged.
func (l load) run(senders []*sender) error {
	var group errgroup.Group
	for _, s := range senders {
		window := make(chan struct{}, l.window)
		group.Go(func() error { return s.publish(l.messages, window) })
		group.Go(func() error { return s.acknowledge(l.messages, window) })
	}
	return group.Wait()
}

// sender is one connection of a load.
type sender struct {
	conn   net.Conn
	in     *bufio.Reader
	out    *bufio.Writer
	packet []byte // a PUBLISH
	id     []byte // the packet identifier in it
}

func newSender(ctx context.Context, l load, c client) (*sender, error) {
	conn, err := l.dial(ctx)
	if err != nil {
		return nil, err
	}
	s := &sender{conn: conn, in: bufio.NewReader(conn), out: bufio.NewWriterSize(conn, 16<<10)}
	if err := s.connect(c); err != nil {
		conn.Close()
		return nil, err
	}
	s.prepare(c.topic, l.body)
	return s, nil
}

func (s *sender) connect(c client) error {
	p := packets.NewControlPacket(packets.Connect).(*packets.ConnectPacket)
	p.ProtocolName, p.ProtocolVersion, p.CleanSession, p.Keepalive = "MQTT", 4, true, 60
	p.ClientIdentifier = c.id
	if c.user != "" {
		p.UsernameFlag, p.Username = true, c.user
		p.PasswordFlag, p.Password = true, []byte(c.password)
	}
	if err := p.Write(s.conn); err != nil {
		return err
	}
	answer, err := packets.ReadPacket(s.in)
	if err != nil {
		return fmt.Errorf("wait for CONNACK: %w", err)
	}
	if ack, ok := answer.(*packets.ConnackPacket); !ok || ack.ReturnCode != packets.Accepted {
		return fmt.Errorf("connect %s: %v", c.id, answer)
	}
	return nil
}

func (s *sender) prepare(topic string, body []byte) {
	p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	p.Qos, p.MessageID, p.TopicName, p.Payload = 1, 1, topic, body
	var b bytes.Buffer
	p.Write(&b) // into memory: can not fail
	s.packet = b.Bytes()
	at := len(s.packet) - len(body) - 2
	s.id = s.packet[at : at+2]
}

// publish sends n messages, as many at once as the window lets through.
func (s *sender) publish(n int, window chan<- struct{}) error {
	for i := range n {
		select {
		case window <- struct{}{}:
		default:
			if err := s.out.Flush(); err != nil {
				return err
			}
			window <- struct{}{}
		}
		binary.BigEndian.PutUint16(s.id, identifier(i))
		if _, err := s.out.Write(s.packet); err != nil {
			return err
		}
	}
	return s.out.Flush()
}

// acknowledge reads n PUBACKs, which must come in order.
func (s *sender) acknowledge(n int, window <-chan struct{}) error {
	var ack [4]byte
	for i := range n {
		if _, err := io.ReadFull(s.in, ack[:]); err != nil {
			return fmt.Errorf("wait for PUBACK %d: %w", i, err)
		}
		want := [4]byte{packets.Puback << 4, 2}
		binary.BigEndian.PutUint16(want[2:], identifier(i))
		if ack != want {
			s.conn.Close() // frees publish
			return fmt.Errorf("got % x instead of PUBACK % x", ack, want)
		}
		<-window
	}
	return nil
}

// identifier is the packet identifier of message i: never 0.
func identifier(i int) uint16 { return uint16(i%65535 + 1) }
