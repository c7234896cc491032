package events

import (
	"context"
	"time"

	"github.com/Azure/go-amqp"
)

// A HubConnection is one AMQP connection to an IoT Hub itself, with a session on it and a token for one of the hub's
// nodes: feedback, file notifications, or where cloud-to-device messages go. It is not mended: when it has ended,
// or its token is about to, another one takes its place.
type HubConnection struct {
	// Session is where links are attached. It ends with the connection.
	Session *amqp.Session

	sock *socket
	conn *amqp.Conn
	name string // of the hub, as errors say it
	ends time.Time
}

// DialHub connects to the IoT Hub of o.Service and presents a token for a node of it, such as
// /messages/devicebound. protocol 6.1, 6.2
//
// It takes no longer than o.Timeout. Errors are of type [*Error]; one about a port that cannot be reached tells
// whether a WebSocket works ([Error.Remedy]).
func DialHub(ctx context.Context, o Options, node string) (*HubConnection, error) {
	o = o.withDefaults()
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	c := &HubConnection{name: o.Service.HostName, ends: time.Now().Add(o.tokenLifetime).Round(0)}
	token, err := hubToken(o.Service, c.ends)
	if err != nil {
		return nil, err
	}
	host, _ := splitPort(o.Service.HostName)
	if c.sock, err = o.routeToHub().dial(ctx); err != nil {
		return nil, err
	}
	c.conn, err = amqp.NewConn(ctx, c.sock, &amqp.ConnOptions{HostName: host, SASLType: amqp.SASLTypeAnonymous()})
	if err != nil {
		return nil, c.Explain(notAMQP(ctx, c.sock, err))
	}
	if c.Session, err = c.conn.NewSession(ctx, nil); err == nil {
		err = putToken(ctx, c.Session, host+node, token)
	}
	if err != nil {
		failed := c.Explain(err)
		c.Close()
		return nil, failed
	}
	return c, nil
}

// Renew is when another connection should take the place of this one, since its token ends some time later.
func (c *HubConnection) Renew() time.Time { return c.ends.Add(-tokenReserve) }

// Ended tells whether the connection is over, as far as is known here.
func (c *HubConnection) Ended() bool {
	ended, _ := c.sock.dead()
	return ended
}

// Explain turns an error of go-amqp on this connection into one with words for people, and adds what the network said.
func (c *HubConnection) Explain(err error) *Error {
	e := discovery(c.name, err)
	c.sock.explain(e)
	return e
}

// Close says good-bye, for at most two seconds.
func (c *HubConnection) Close() { c.sock.closeSoon(func() { _ = c.conn.Close() }) }
