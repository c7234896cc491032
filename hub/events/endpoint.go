package events

import (
	"net"
	"strings"

	"hubscope/hub/connstr"
)

const (
	amqpsPort = "5671"
	amqpPort  = "5672" // plain, for UseDevelopmentEmulator=true
)

// An Endpoint is where events are read: the Event Hubs-compatible endpoint and the address to dial for it.
type Endpoint struct {
	EventHub connstr.EventHub
	// Addr is the host:port to dial.
	Addr string
}

// directEndpoint is the endpoint of an Event Hubs-compatible connection string.
func directEndpoint(o Options) Endpoint {
	hub := *o.EventHub
	host, port := splitPort(hub.Host)
	switch {
	case port != "":
		return Endpoint{EventHub: hub, Addr: hub.Host}
	case hub.Emulator:
		return Endpoint{EventHub: hub, Addr: net.JoinHostPort(host, amqpPort)}
	default:
		return Endpoint{EventHub: hub, Addr: net.JoinHostPort(host, amqpsPort)}
	}
}

// hubAddr is what to dial for the IoT Hub itself.
func hubAddr(o Options) string {
	if o.AMQPAddr != "" {
		return o.AMQPAddr
	}
	host, port := splitPort(o.Service.HostName)
	if o.Service.GatewayHostName != "" {
		host, port = splitPort(o.Service.GatewayHostName)
	}
	if port == "" {
		port = amqpsPort
	}
	return net.JoinHostPort(host, port)
}

// splitPort splits host[:port]; the port may be absent.
func splitPort(hostport string) (host, port string) {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		return strings.Trim(hostport, "[]"), ""
	}
	return host, port
}

// routeToHub is how to reach the IoT Hub itself.
func (o Options) routeToHub() route {
	host, _ := splitPort(o.Service.HostName)
	if !o.WebSocket {
		r := route{addr: hubAddr(o), host: host, tls: o.TLS}
		return o.beside(r, Options.routeToHub)
	}
	dialed := host
	if o.Service.GatewayHostName != "" {
		dialed, _ = splitPort(o.Service.GatewayHostName)
	}
	return route{
		addr: net.JoinHostPort(dialed, httpsPort), host: host, tls: o.TLS,
		web: &web{path: hubSocketPath, addr: o.HTTPSAddr, proxy: o.Proxy},
	}
}

// routeTo is how to reach the endpoint. One on the host of the hub is reached as that is. An emulator has no
// WebSocket.
func (o Options) routeTo(e Endpoint) route {
	host, _ := splitPort(e.EventHub.Host)
	if !o.WebSocket || e.EventHub.Emulator {
		r := route{addr: e.Addr, host: host, tls: o.TLS, plain: e.EventHub.Emulator}
		return o.beside(r, func(o Options) route { return o.routeTo(e) })
	}
	r := route{
		addr: net.JoinHostPort(host, httpsPort), host: host, tls: o.TLS,
		web: &web{path: eventsSocketPath, proxy: o.Proxy},
	}
	if hub, _ := splitPort(o.Service.HostName); strings.EqualFold(hub, host) {
		r.web.addr = o.HTTPSAddr
	}
	return r
}

// beside adds to a route the WebSocket to the same host, where that can be told: not for a host that is reached at
// another address than its own.
func (o Options) beside(r route, overWebSocket func(Options) route) route {
	if r.plain {
		return r
	}
	o.WebSocket = true
	_, port, _ := net.SplitHostPort(r.addr)
	other := overWebSocket(o)
	if port == amqpsPort || other.web.addr != "" {
		r.other = &other
	}
	return r
}
