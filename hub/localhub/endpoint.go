package localhub

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"hubscope/hub/localhub/amqp"
	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/fault"
	"hubscope/hub/localhub/mqtt"
	"hubscope/hub/localhub/rest"
)

// endpoint serves a protocol on any number of listeners.
type endpoint interface {
	// Serve returns when the listener fails or the endpoint is closed.
	Serve(l net.Listener) error
	// Close ends listeners and connections, and waits for them until ctx ends.
	Close(ctx context.Context) error
}

// serving is an endpoint with the port that it is served on; with tls, or plain
// when that is nil.
type serving struct {
	endpoint endpoint
	port     *port
	tls      *tls.Config
}

// endpoints puts the protocols in front of a hub. The two AMQP ports share one
// server: an event reader on one takes part in the ownership rules of the other.
func endpoints(h *core.Hub, gate *fault.Gate, f features, p *ports, config *tls.Config, log *slog.Logger) []serving {
	amqpServer := amqp.New(h, amqp.Options{
		Port:   func() int { return p.amqp.number },
		Logger: log,
	})
	mqttServer := mqtt.New(h, mqtt.Options{Logger: log})
	web := &paths{rest: rest.Handler(h, rest.Options{Query: f.query, Uploads: f.uploads, Jobs: f.jobs, Transfers: f.transfers, Containers: f.containers, Configurations: f.configurations, Logger: log})}
	web.handle(fault.Path, gate.Handler(h.Authenticate))
	routeWebSockets(web, mqttServer, amqpServer, log)
	return []serving{
		{newWebServer(f.uploads.Route(f.containers.Route(web)), log), &p.https, webConfig(config)},
		{mqttServer, &p.mqtt, config},
		{amqpServer, &p.amqp, config},
		{amqpServer, &p.amqpPlain, nil},
	}
}

// faultPort is the port in the words of package fault.
func (p *port) faultPort() string {
	switch p.wellKnown {
	case wellKnownHTTPS:
		return fault.PortHTTPS
	case wellKnownMQTT:
		return fault.PortMQTT
	}
	return fault.PortAMQP
}

// webServer is an HTTP server as an endpoint.
type webServer struct{ server *http.Server }

const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	graceTime     = time.Second
	maxHeader     = 64 << 10 // SAS tokens and continuation tokens are headers
)

func newWebServer(handler http.Handler, log *slog.Logger) webServer {
	return webServer{&http.Server{
		Handler:           handler,
		ConnContext:       rest.WithSpelling,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}}
}

// webConfig offers HTTP/1.1 only: HTTP/2 has no case in header names, in which
// devices send the names of properties, and no SDK asks for it.
func webConfig(config *tls.Config) *tls.Config {
	config = config.Clone()
	config.NextProtos = []string{"http/1.1"}
	return config
}

func (w webServer) Serve(l net.Listener) error { return w.server.Serve(rest.KeepSpelling(l)) }

// Close lets requests that are being answered end, for graceTime, and cuts the
// others. Shutdown alone would wait for a new connection that says nothing.
func (w webServer) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, graceTime)
	defer cancel()
	if err := w.server.Shutdown(ctx); err == nil {
		return nil
	}
	if err := w.server.Close(); err != nil {
		return fmt.Errorf("close HTTP connections: %w", err)
	}
	return nil
}
