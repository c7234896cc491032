package events

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/coder/websocket"
)

// The paths of AMQP over WebSocket, and its sub-protocol. protocol 6, 7.1
const (
	hubSocketPath    = "/$iothub/websocket"
	eventsSocketPath = "/$servicebus/websocket"
	amqpSubprotocol  = "AMQPWSB10"
	httpsPort        = "443"
)

// A web is the part of a route that is a WebSocket.
type web struct {
	path  string
	addr  string // to dial in place of the host; then no proxy is asked for
	proxy func(*http.Request) (*url.URL, error)
}

// dialWeb makes a WebSocket of which conn is the byte stream.
func (r route) dialWeb(ctx context.Context) (net.Conn, error) {
	transport := &http.Transport{
		Proxy:             r.web.proxy,
		TLSClientConfig:   r.config(),
		DisableKeepAlives: true,
	}
	if r.web.addr != "" {
		transport.Proxy = nil
		transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, r.web.addr)
		}
	}
	address := url.URL{Scheme: "wss", Host: r.addr, Path: r.web.path}
	ws, answer, err := websocket.Dial(ctx, address.String(), &websocket.DialOptions{
		HTTPClient:   &http.Client{Transport: transport},
		Subprotocols: []string{amqpSubprotocol},
		Host:         r.host,
	})
	if err != nil {
		if answer != nil {
			return nil, fmt.Errorf("it answers %s in place of a WebSocket: %w", answer.Status, err)
		}
		return nil, err
	}
	ws.SetReadLimit(-1) // AMQP bounds its frames
	return webConn{websocket.NetConn(context.Background(), ws, websocket.MessageBinary), ws}, nil
}

// webConn closes at once: AMQP has its own good-byes, and those of a WebSocket may take seconds.
type webConn struct {
	net.Conn
	ws *websocket.Conn
}

func (c webConn) Close() error { return c.ws.CloseNow() }
