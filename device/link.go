package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"syscall"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
)

// disconnectTime bounds the sending of DISCONNECT.
const disconnectTime = 2 * time.Second

// link is one MQTT connection, from CONNECT to its end.
type link struct {
	wire    *wire
	in      packetReader // of open, then of the reader
	since   time.Time
	renewIn time.Duration // 0: never
	// resumed tells whether the hub kept the session: its subscriptions are still there.
	resumed bool

	control control // guarded by Client.mu

	ended chan struct{} // closed when the reader has ended
	err   error         // why; written before ended is closed
}

// open makes a connection and waits for its CONNACK. Errors are of one of the kinds in errors.go.
func (c *Client) open(ctx context.Context) (l *link, err error) {
	aside(func() { l, err = c.tryOpen(ctx) })
	return l, err
}

func (c *Client) tryOpen(ctx context.Context) (*link, error) {
	leave, err := openings.enter(ctx)
	if err != nil {
		return nil, classify(err)
	}
	defer leave()
	ctx, cancel := context.WithTimeoutCause(ctx, c.o.ConnectTimeout, errNoAnswer)
	defer cancel()
	credential, err := c.proof(time.Now())
	if err != nil {
		return nil, err
	}
	password, renewIn, err := credential.password(time.Now())
	if err != nil {
		return nil, err
	}
	conn, err := c.dial(ctx)
	if err != nil {
		return nil, classify(withCause(ctx, err))
	}
	l := newLink(conn, renewIn)
	defer context.AfterFunc(ctx, func() { l.wire.cut(context.Cause(ctx)) })()
	if err := l.handshake(c.connectPacket(password.Reveal())); err != nil {
		l.wire.cut(errCut)
		return nil, credential.explain(classify(withCause(ctx, err)), time.Now())
	}
	l.since = time.Now()
	return l, nil
}

func newLink(conn net.Conn, renewIn time.Duration) *link {
	w := newWire(conn)
	return &link{wire: w, in: newPacketReader(w), renewIn: renewIn, ended: make(chan struct{})}
}

func (c *Client) connectPacket(password string) *packets.ConnectPacket {
	p := packets.NewControlPacket(packets.Connect).(*packets.ConnectPacket)
	p.ProtocolName, p.ProtocolVersion = "MQTT", 4
	p.CleanSession = false
	p.Keepalive = uint16(min(c.o.KeepAlive/time.Second, math.MaxUint16))
	p.ClientIdentifier = topic.ClientID(c.cs.DeviceID, c.cs.ModuleID)
	p.UsernameFlag, p.Username = true, username(c.cs, c.o.ClientType)
	p.PasswordFlag, p.Password = password != "", []byte(password)
	return p
}

// handshake sends CONNECT and takes the answer.
func (l *link) handshake(connect *packets.ConnectPacket) error {
	if err := connect.Write(l.wire); err != nil {
		return l.wire.why(err)
	}
	_, packet, err := l.in.next()
	if errors.Is(err, io.EOF) {
		return network("the hub closed the connection instead of answering")
	}
	if err != nil {
		return err
	}
	answer, ok := packet.(*packets.ConnackPacket)
	if !ok {
		return fmt.Errorf("%w: it answered with something that is no CONNACK", errGarbage)
	}
	if answer.ReturnCode != packets.Accepted {
		return refusal(answer.ReturnCode)
	}
	l.resumed = answer.SessionPresent
	return nil
}

// withCause says why a context ended rather than what that broke.
func withCause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// read is the reader of the link: it takes what the hub sends, until the link ends.
func (c *Client) read(l *link) {
	defer close(l.ended)
	for {
		id, packet, err := l.in.next()
		if err == nil && packet != nil {
			err = c.receive(l, packet)
			if err != nil {
				err = l.wire.why(err)
			}
		}
		if err != nil { // of Read, whose cause it is already: the owner, told by dead, may have cut the wire since
			l.err = err
			l.wire.cut(err)
			return
		}
		if packet == nil {
			c.confirm(l, id)
		}
	}
}

// settle ends the link, waits for its reader and says why the link ended.
func (l *link) settle() error {
	l.wire.cut(errCut)
	<-l.ended
	if errors.Is(l.err, io.EOF) || errors.Is(l.err, syscall.ECONNRESET) || errors.Is(l.err, syscall.EPIPE) {
		return ErrHubClosed
	}
	return classify(fmt.Errorf("connection lost: %w", l.err))
}

// disconnect sends DISCONNECT and ends the link.
func (l *link) disconnect() {
	_ = l.wire.write([]byte{packets.Disconnect << 4, 0}, disconnectTime)
	_ = l.settle()
}
