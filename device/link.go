package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"sync"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
)

const (
	// settleTime is how long paho may take to notice that its connection is gone.
	settleTime = 5 * time.Second
	// disconnectTime bounds the sending of DISCONNECT.
	disconnectTime = 2 * time.Second
)

// link is one MQTT connection, from CONNECT to its end. There is a new paho client for each: one that
// is used again keeps tokens and packets of the connection before.
type link struct {
	wire    *wire
	paho    mqtt.Client
	since   time.Time
	renewIn time.Duration // 0: never

	dialErr error // of this connection's dial

	lost chan struct{} // closed when paho has stopped after a lost connection
	once sync.Once
	err  error // why; written before lost is closed
}

// open makes a connection and waits for its CONNACK. Errors are of one of the kinds in errors.go.
func (c *Client) open(ctx context.Context) (*link, error) {
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
	l := &link{renewIn: renewIn, lost: make(chan struct{})}
	options := c.pahoOptions(l)
	options.SetPassword(password.Reveal())
	release := l.dialWith(ctx, c.dial, options)
	defer release()
	l.paho = mqtt.NewClient(options)
	if err := l.connect(ctx); err != nil {
		return nil, credential.explain(classify(err), time.Now())
	}
	l.since = time.Now()
	return l, nil
}

// dialWith makes paho open its stream by dial. Until release is called, a context that ends cuts the
// stream, so that a handshake ends too.
func (l *link) dialWith(ctx context.Context, dial dialFunc, options *mqtt.ClientOptions) (release func()) {
	unwatch := func() bool { return true }
	options.SetCustomOpenConnectionFn(func(*url.URL, mqtt.ClientOptions) (net.Conn, error) {
		conn, err := dial(ctx)
		if err != nil {
			l.dialErr = err
			return nil, err
		}
		l.wire = newWire(conn)
		unwatch = context.AfterFunc(ctx, func() { l.wire.cut(context.Cause(ctx)) })
		return l.wire, nil
	})
	return func() { unwatch() }
}

func (c *Client) pahoOptions(l *link) *mqtt.ClientOptions {
	o := mqtt.NewClientOptions()
	o.AddBroker("tls://iothub") // never dialled: the custom open function is
	o.SetClientID(topic.ClientID(c.cs.DeviceID, c.cs.ModuleID))
	o.SetUsername(username(c.cs, c.o.ClientType))
	o.SetProtocolVersion(4) // or paho tries 3.1 after a refusal
	o.SetCleanSession(false)
	o.SetKeepAlive(c.o.KeepAlive)
	o.SetConnectTimeout(c.o.ConnectTimeout)
	o.SetAutoReconnect(false)
	o.SetConnectRetry(false)
	o.SetStore(acks{confirmed: func(id uint16) { c.confirm(l, id) }})
	o.SetConnectionLostHandler(func(_ mqtt.Client, err error) { l.end(err) })
	return o
}

// connect runs paho's handshake. Its token is always done, at the latest when the context ends.
func (l *link) connect(ctx context.Context) error {
	token := l.paho.Connect().(*mqtt.ConnectToken)
	<-token.Done()
	switch code := token.ReturnCode(); {
	case l.dialErr != nil:
		return withCause(ctx, l.dialErr)
	case code != packets.Accepted && code != packets.ErrNetworkError:
		return refusal(code)
	case errors.Is(token.Error(), io.EOF):
		return network("the hub closed the connection instead of answering")
	case errors.Is(token.Error(), os.ErrDeadlineExceeded):
		return errNoAnswer
	case token.Error() != nil:
		return withCause(ctx, bare(token.Error()))
	}
	if code := l.wire.refusal(); code != packets.Accepted {
		l.paho.Disconnect(0)
		return refusal(code)
	}
	return nil
}

// withCause says why a context ended rather than what that broke.
func withCause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// bare takes off the "network Error" that paho puts before the error of a handshake.
func bare(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		if all := joined.Unwrap(); len(all) > 0 {
			return all[len(all)-1]
		}
	}
	return err
}

// end notes that paho has stopped after it lost the connection.
func (l *link) end(err error) {
	l.once.Do(func() {
		l.err = err
		close(l.lost)
	})
}

// settle waits until paho has stopped, makes it stop if it does not, and says why the connection ended.
func (l *link) settle() error {
	patience := time.NewTimer(settleTime)
	defer patience.Stop()
	select {
	case <-l.lost:
	case <-patience.C:
		l.paho.Disconnect(0)
		l.end(errCut)
	}
	if errors.Is(l.err, io.EOF) {
		return network("the hub closed the connection")
	}
	return classify(fmt.Errorf("connection lost: %w", l.err))
}

// disconnect sends DISCONNECT and ends the connection.
func (l *link) disconnect() {
	l.paho.Disconnect(uint(disconnectTime.Milliseconds()))
}
