package device

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/coder/websocket"

	"hubscope/hub/connstr"
)

// The path and sub-protocol of MQTT over WebSocket (protocol 4.1).
const (
	webSocketPath = "/$iothub/websocket"
	subprotocol   = "mqtt"
)

// webSocketDialer opens MQTT over WebSocket, through a proxy where there is one.
func webSocketDialer(cs connstr.Device, o Options) dialFunc {
	target := url.URL{Scheme: "wss", Host: address(cs, o.WebSocketAddr, webSocketPort), Path: webSocketPath}
	transport := &http.Transport{Proxy: quietly(o.Proxy), TLSClientConfig: tlsConfig(cs, o), DisableKeepAlives: true}
	options := &websocket.DialOptions{
		HTTPClient:   &http.Client{Transport: transport, CheckRedirect: noRedirect},
		Host:         withoutPort(peerName(cs)),
		Subprotocols: []string{subprotocol},
	}
	return func(ctx context.Context) (net.Conn, error) {
		socket, answer, err := websocket.Dial(ctx, target.String(), options)
		if err != nil {
			return nil, explainUpgrade(answer, err)
		}
		if socket.Subprotocol() != subprotocol {
			_ = socket.CloseNow()
			return nil, &failure{ErrRefused, errors.New("the other side of the WebSocket does not speak MQTT")}
		}
		return &webSocketStream{websocket.NetConn(context.Background(), socket, websocket.MessageBinary), socket}, nil
	}
}

type proxyFunc func(*http.Request) (*url.URL, error)

// quietly keeps the address of a proxy, which may hold a password, out of errors.
func quietly(proxy proxyFunc) proxyFunc {
	return func(r *http.Request) (*url.URL, error) {
		address, err := proxy(r)
		if err != nil {
			return nil, errors.New("the address of the proxy cannot be read")
		}
		return address, nil
	}
}

// noRedirect leaves a redirection unanswered: it would be one to a page for people.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// explainUpgrade says why there is no WebSocket.
func explainUpgrade(answer *http.Response, err error) error {
	var request *url.Error
	switch {
	case errors.As(err, &request):
		return classify(fmt.Errorf("open a WebSocket: %w", request.Err))
	case answer == nil || answer.StatusCode == http.StatusSwitchingProtocols:
		return classify(err)
	case answer.StatusCode >= http.StatusInternalServerError, answer.StatusCode == http.StatusTooManyRequests:
		return fmt.Errorf("%w (HTTP %s to a WebSocket)", ErrUnavailable, answer.Status)
	default:
		return fmt.Errorf("%w (HTTP %s to a WebSocket)", ErrRefused, answer.Status)
	}
}

// webSocketStream ends at once: after DISCONNECT there is nothing to wait for.
type webSocketStream struct {
	net.Conn
	socket *websocket.Conn
}

func (s *webSocketStream) Close() error {
	err := s.socket.CloseNow()
	_ = s.Conn.Close() // lets go of its timers
	return err
}
