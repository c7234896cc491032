package device

import (
	"context"
	"crypto/tls"
	"errors"
	"net"

	"hubscope/hub/connstr"
)

// dialFunc opens the stream that carries MQTT.
type dialFunc func(context.Context) (net.Conn, error)

// The ports of MQTT and of MQTT over WebSocket (protocol 4.1).
const (
	mqttPort      = "8883"
	webSocketPort = "443"
)

// newDial chooses how to reach the hub.
func newDial(cs connstr.Device, o Options) (dialFunc, error) {
	if o.Dial != nil {
		return o.Dial, nil
	}
	if cs.X509 && !hasCertificate(o.TLS) {
		return nil, errors.New("the device proves itself with a certificate, and there is none in the TLS options")
	}
	if o.WebSocket {
		return webSocketDialer(cs, o), nil
	}
	return tlsDialer(cs, o), nil
}

func hasCertificate(c *tls.Config) bool {
	return c != nil && (len(c.Certificates) > 0 || c.GetClientCertificate != nil)
}

// tlsDialer dials the hub whatever its address is and checks the certificate for the peer's name.
func tlsDialer(cs connstr.Device, o Options) dialFunc {
	dialer := &tls.Dialer{Config: tlsConfig(cs, o)}
	addr := address(cs, o.MQTTAddr, mqttPort)
	return func(ctx context.Context) (net.Conn, error) {
		return dialer.DialContext(ctx, "tcp", addr)
	}
}

// address is what to dial: where the options say, else the gateway or the hub at the standard port unless
// the name has one of its own.
func address(cs connstr.Device, option, port string) string {
	if option != "" {
		return option
	}
	host := peerName(cs)
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(host, port)
}

// peerName is the name that the other side must prove to have.
func peerName(cs connstr.Device) string {
	if cs.GatewayHostName != "" {
		return cs.GatewayHostName
	}
	return cs.HostName
}

// tlsConfig checks the certificate for the peer's name. A configuration that names it already is used as it is, so that
// many devices can share one.
func tlsConfig(cs connstr.Device, o Options) *tls.Config {
	name := withoutPort(peerName(cs))
	if o.TLS == nil {
		return &tls.Config{MinVersion: tls.VersionTLS12, ServerName: name}
	}
	if o.TLS.ServerName != "" {
		return o.TLS
	}
	config := o.TLS.Clone()
	config.ServerName = name
	return config
}
