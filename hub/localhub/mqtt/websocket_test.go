package mqtt

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"
	paho "github.com/eclipse/paho.mqtt.golang"
)

// ServeConn serves what a WebSocket gives as a connection: this is how MQTT over WebSocket joins (protocol 4.1).
func TestServeConnOnWebSocket(t *testing.T) {
	s := newStation(t)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"mqtt"}})
		if err != nil {
			return // answered by Accept
		}
		s.server.ServeConn(websocket.NetConn(context.Background(), c, websocket.MessageBinary))
	}))
	t.Cleanup(web.Close)

	url := strings.Replace(web.URL, "http", "ws", 1) + "/$iothub/websocket"
	options := s.pahoClient("", nil, "dev1", s.device("dev1"))
	options.Servers = nil
	c := paho.NewClient(options.AddBroker(url))
	wait(t, c.Connect())
	large := strings.Repeat("x", 200_000)
	wait(t, c.Publish("devices/dev1/messages/events/", 1, false, large))
	c.Disconnect(100)
	if got := body(t, s.events("dev1", 1)[0]); got != large {
		t.Errorf("%d bytes arrived, %d were sent", len(got), len(large))
	}
}
