package station

import (
	"context"
	"errors"
	"net/http"

	"github.com/Azure/go-amqp"
	"github.com/coder/websocket"
)

// Transport is how AMQP and MQTT reach the hub.
type Transport string

// The transports: a port of its own with TLS, and port 443.
const (
	TLS       Transport = "TLS"
	WebSocket Transport = "WebSocket"
)

// Transports are all of them.
var Transports = []Transport{TLS, WebSocket}

// Peer is a connection of go-amqp with one session.
type Peer struct {
	s       *Station
	Conn    *amqp.Conn
	Session *amqp.Session
}

// Dial connects go-amqp; a nil mechanism is no SASL at all.
func (s *Station) Dial(over Transport, mechanism amqp.SASLType, i Identity) *Peer {
	s.T.Helper()
	conn, err := s.TryDial(over, mechanism, i)
	if err != nil {
		s.T.Fatal(err)
	}
	session, err := conn.NewSession(s.Context(), nil)
	if err != nil {
		s.T.Fatal(err)
	}
	return &Peer{s, conn, session}
}

// TryDial is Dial for a connection that may be refused.
func (s *Station) TryDial(over Transport, mechanism amqp.SASLType, i Identity) (*amqp.Conn, error) {
	s.T.Helper()
	o := &amqp.ConnOptions{ContainerID: "station", HostName: "localhost", SASLType: mechanism, TLSConfig: s.Trust(i.certificates()...)}
	conn, err := s.dial(over, o, i)
	if err == nil {
		s.T.Cleanup(func() { _ = conn.Close() }) // an error of the other side, or of the socket below, is the test's own doing
	}
	return conn, err
}

func (s *Station) dial(over Transport, o *amqp.ConnOptions, i Identity) (*amqp.Conn, error) {
	ctx := s.Context()
	if over == TLS {
		return amqp.Dial(ctx, "amqps://"+s.Hub.Target().AMQPAddr, o)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: s.Trust(i.certificates()...), DisableKeepAlives: true}}
	socket, _, err := websocket.Dial(ctx, s.SocketURL(), &websocket.DialOptions{HTTPClient: client, Subprotocols: []string{"AMQPWSB10"}})
	if err != nil {
		return nil, err
	}
	s.T.Cleanup(func() { _ = socket.CloseNow() })
	return amqp.NewConn(ctx, websocket.NetConn(context.Background(), socket, websocket.MessageBinary), o)
}

// SocketURL is that of MQTT and AMQP on port 443.
func (s *Station) SocketURL() string {
	return "wss://localhost:" + s.Variable("HUBSCOPE_HTTPS_PORT") + "/$iothub/websocket"
}

// As connects as a device or module: SASL PLAIN with its token, or EXTERNAL with its certificate.
func (s *Station) As(i Identity, over Transport) *Peer {
	s.T.Helper()
	if i.Certificate != nil {
		return s.Dial(over, amqp.SASLTypeExternal(""), i)
	}
	return s.Dial(over, amqp.SASLTypePlain(i.ClientID()+"@sas.localhost", s.Token(i)), i)
}

// AsService connects with a policy: SASL PLAIN with its token.
func (s *Station) AsService(policy string, over Transport) *Peer {
	s.T.Helper()
	return s.Dial(over, amqp.SASLTypePlain(policy+"@sas.root.localhost", s.ServiceToken(policy)), Identity{})
}

// Sender attaches one.
func (p *Peer) Sender(address string, o *amqp.SenderOptions) *amqp.Sender {
	p.s.T.Helper()
	l, err := p.Session.NewSender(p.s.Context(), address, o)
	if err != nil {
		p.s.T.Fatalf("sender to %s: %v", address, err)
	}
	return l
}

// Receiver attaches one.
func (p *Peer) Receiver(address string, o *amqp.ReceiverOptions) *amqp.Receiver {
	p.s.T.Helper()
	l, err := p.Session.NewReceiver(p.s.Context(), address, o)
	if err != nil {
		p.s.T.Fatalf("receiver of %s: %v", address, err)
	}
	return l
}

// Send sends a message and waits until it is settled.
func (s *Station) Send(l *amqp.Sender, m *amqp.Message) {
	s.T.Helper()
	if err := l.Send(s.Context(), m, nil); err != nil {
		s.T.Fatalf("send to %s: %v", l.Address(), err)
	}
}

// Receive waits for a message.
func (s *Station) Receive(l *amqp.Receiver) *amqp.Message {
	s.T.Helper()
	m, err := l.Receive(s.Context(), nil)
	if err != nil {
		s.T.Fatalf("receive from %s: %v", l.Address(), err)
	}
	return m
}

// PutToken presents a token to $cbs and returns the status of the reply, whatever it is.
func (p *Peer) PutToken(audience, token string) int {
	p.s.T.Helper()
	in, out := p.Receiver("$cbs", nil), p.Sender("$cbs", nil)
	p.s.Send(out, &amqp.Message{
		Properties: &amqp.MessageProperties{MessageID: "1", ReplyTo: new("cbs")},
		ApplicationProperties: map[string]any{
			"operation": "put-token", "type": "servicebus.windows.net:sastoken", "name": audience,
		},
		Value: token,
	})
	reply := p.s.Receive(in)
	status, ok := reply.ApplicationProperties["status-code"].(int32)
	if !ok || reply.Properties == nil || reply.Properties.CorrelationID != "1" {
		p.s.T.Fatalf("the reply of $cbs is %+v %v", reply.Properties, reply.ApplicationProperties)
	}
	for _, l := range []interface{ Close(context.Context) error }{in, out} {
		if err := l.Close(p.s.Context()); err != nil {
			p.s.T.Fatal(err)
		}
	}
	return int(status)
}

// Condition is the AMQP condition with which the hub refused or ended something; empty if it did not.
func Condition(err error) string {
	var link *amqp.LinkError
	if errors.As(err, &link) && link.RemoteErr != nil {
		return string(link.RemoteErr.Condition)
	}
	var conn *amqp.ConnError
	if errors.As(err, &conn) && conn.RemoteErr != nil {
		return string(conn.RemoteErr.Condition)
	}
	var plain *amqp.Error
	if errors.As(err, &plain) {
		return string(plain.Condition)
	}
	return ""
}
