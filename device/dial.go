package device

import (
	"context"
	"crypto/tls"
	"net"

	"hubscope/hub/connstr"
)

// dialFunc opens the stream that carries MQTT.
type dialFunc func(context.Context) (net.Conn, error)

const mqttPort = "8883"

// address is what to dial: where the options say, else the gateway or the hub at MQTT's port unless
// the name has one of its own.
func address(cs connstr.Device, o Options) string {
	if o.MQTTAddr != "" {
		return o.MQTTAddr
	}
	host := peerName(cs)
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(host, mqttPort)
}

// peerName is the name that the other side must prove to have.
func peerName(cs connstr.Device) string {
	if cs.GatewayHostName != "" {
		return cs.GatewayHostName
	}
	return cs.HostName
}

// tlsDialer dials addr whatever it is and checks the certificate for the peer's name.
func tlsDialer(cs connstr.Device, o Options) dialFunc {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.TLS != nil {
		config = o.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = withoutPort(peerName(cs))
	}
	dialer := &tls.Dialer{Config: config}
	addr := address(cs, o)
	return func(ctx context.Context) (net.Conn, error) {
		return dialer.DialContext(ctx, "tcp", addr)
	}
}
