package localhub

import (
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/coder/websocket"
)

// The paths of WebSockets on the HTTPS port and the sub-protocols on them (protocol 4.1, 5.1, 6). Event Hubs
// clients know the second path only. Some clients end them with a slash.
const (
	hubSocketPath    = "/$iothub/websocket"
	eventsSocketPath = "/$servicebus/websocket"

	mqttSubprotocol = "mqtt"
	amqpSubprotocol = "AMQPWSB10"
	amqpStandard    = "amqp" // by the AMQP WebSocket binding; azeventhubs shows it in its examples
)

// connServer serves one connection, which it closes, and returns at its end.
type connServer interface{ ServeConn(net.Conn) }

// routeWebSockets puts MQTT and AMQP on the HTTPS port.
func routeWebSockets(web *paths, mqtt, amqp connServer, log *slog.Logger) {
	both := webSockets{map[string]connServer{mqttSubprotocol: mqtt, amqpSubprotocol: amqp, amqpStandard: amqp}, log}
	events := webSockets{map[string]connServer{amqpSubprotocol: amqp, amqpStandard: amqp}, log}
	for path, sockets := range map[string]webSockets{hubSocketPath: both, eventsSocketPath: events} {
		web.handle(path, sockets)
	}
}

// webSockets accepts WebSockets and hands them to the server of the sub-protocol that the client offers.
type webSockets struct {
	servers map[string]connServer
	log     *slog.Logger
}

func (s webSockets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	server := s.choose(r)
	if server == nil && r.Header.Get("Upgrade") != "" {
		http.Error(w, "no sub-protocol that is spoken here was offered", http.StatusBadRequest)
		return
	}
	h := &hijacker{ResponseWriter: w}
	socket, err := websocket.Accept(h, r, &websocket.AcceptOptions{
		Subprotocols: s.names(),
		// Who may connect is shown by a token, which no browser adds by itself.
		InsecureSkipVerify: true,
	})
	if err != nil { // answered by Accept
		s.log.Debug("WebSocket refused", "path", r.URL.Path, "remote", r.RemoteAddr, "reason", err)
		return
	}
	socket.SetReadLimit(-1) // both protocols bound what they read
	server.ServeConn(&webSocketConn{Conn: h.conn, socket: socket, tls: r.TLS})
}

func (s webSockets) names() []string {
	var names []string
	for name := range s.servers {
		names = append(names, name)
	}
	slices.Sort(names) // AMQP first, as Accept takes the first that is offered
	return names
}

// choose is the server for what the request offers, found as websocket.Accept does.
func (s webSockets) choose(r *http.Request) connServer {
	offered := strings.Split(strings.Join(r.Header.Values("Sec-WebSocket-Protocol"), ","), ",")
	for _, name := range s.names() {
		if slices.ContainsFunc(offered, func(o string) bool { return strings.EqualFold(strings.TrimSpace(o), name) }) {
			return s.servers[name]
		}
	}
	return nil
}
