package events

import (
	"context"
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
	address := url.URL{Scheme: "wss", Host: r.addr, Path: r.web.path}
	ws, answer, err := websocket.Dial(ctx, address.String(), &websocket.DialOptions{
		HTTPClient:   &http.Client{Transport: r.transport()},
		Subprotocols: []string{amqpSubprotocol},
		Host:         r.host,
	})
	switch {
	case err == nil:
	case answer != nil && answer.StatusCode != http.StatusSwitchingProtocols:
		return nil, &upgradeError{text: answer.Status}
	default:
		return nil, err
	}
	ws.SetReadLimit(-1) // AMQP bounds its frames
	return webConn{websocket.NetConn(context.Background(), ws, websocket.MessageBinary), ws}, nil
}

func (r route) transport() *http.Transport {
	t := &http.Transport{
		Proxy:             r.web.proxy,
		TLSClientConfig:   r.config(),
		DisableKeepAlives: true,
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
			if answer.StatusCode != http.StatusOK {
				return &upgradeError{text: answer.Status, byProxy: true}
			}
			return nil
		},
	}
	if host, _ := splitPort(r.addr); host == r.host {
		t.TLSClientConfig.ServerName = "" // that of the address; a proxy with a certificate has its own
	}
	if r.web.addr != "" {
		t.Proxy = nil
		t.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, r.web.addr)
		}
	}
	return t
}

// webConn closes at once: AMQP has its own good-byes, and those of a WebSocket may take seconds.
type webConn struct {
	net.Conn
	ws *websocket.Conn
}

func (c webConn) Close() error { return c.ws.CloseNow() }
