package localhub

import (
	"io"
	"net"
	"strconv"
	"strings"

	"hubscope/hub"
	"hubscope/hub/connstr"
)

// The shared access policies whose keys are given away.
const (
	ownerPolicy  = "iothubowner"
	eventsPolicy = "service" // enough to listen (protocol 1.3)
)

// Target is how programs of this repository reach the hub.
func (h *Hub) Target() hub.Target {
	return hub.Target{
		Service:   h.service(),
		HTTPSAddr: h.addr(&h.ports.https), MQTTAddr: h.addr(&h.ports.mqtt), AMQPAddr: h.addr(&h.ports.amqp),
		TLS: h.ca.ClientConfig(), CAFile: h.CAFile(),
		Local: true,
	}
}

func (h *Hub) service() connstr.Service {
	policy, _ := h.core.Policy(ownerPolicy)
	return connstr.Service{HostName: h.core.Names()[0], PolicyName: policy.Name, Key: policy.Primary}
}

// EventHub is the Event Hubs-compatible endpoint on the plain port, for clients
// that know UseDevelopmentEmulator (protocol 0.9).
func (h *Hub) EventHub() connstr.EventHub {
	policy, _ := h.core.Policy(eventsPolicy)
	host := net.JoinHostPort(h.eventHubHost(), strconv.Itoa(h.ports.amqpPlain.number))
	return connstr.EventHub{
		Endpoint: "sb://" + host + "/", Host: host,
		PolicyName: policy.Name, Key: policy.Primary, EntityPath: h.core.EventHub(), Emulator: true,
	}
}

// eventHubHost is localhost, which is a name of the hub, unless it listens on
// another address only.
func (h *Hub) eventHubHost() string {
	ip := net.ParseIP(h.o.Listen)
	if ip.IsLoopback() || ip.IsUnspecified() {
		return "localhost"
	}
	return h.o.Listen
}

// CAFile is the path of the PEM file that other programs are to trust.
func (h *Hub) CAFile() string { return h.ca.CAFile() }

// Variable is an environment variable for other programs. The value may hold a
// key.
type Variable struct{ Name, Value string }

// Environment is what other programs need to use the hub, in a fixed order.
func (h *Hub) Environment() []Variable {
	port := func(p *port) string { return strconv.Itoa(p.number) }
	return []Variable{
		{"IOTHUB_CONNECTION_STRING", h.service().Reveal()},
		{"EVENTHUB_CONNECTION_STRING", h.EventHub().Reveal()},
		{"NODE_EXTRA_CA_CERTS", h.CAFile()},
		{"HUBSCOPE_CA_FILE", h.CAFile()},
		{"HUBSCOPE_HTTPS_PORT", port(&h.ports.https)},
		{"HUBSCOPE_MQTT_PORT", port(&h.ports.mqtt)},
		{"HUBSCOPE_AMQP_PORT", port(&h.ports.amqp)},
		{"HUBSCOPE_AMQP_PLAIN_PORT", port(&h.ports.amqpPlain)},
	}
}

// String is NAME=value, quoted for a POSIX shell.
func (v Variable) String() string { return v.Name + "=" + quote(v.Value) }

// WriteEnvironment writes the variables, one a line, for a POSIX shell to read.
func WriteEnvironment(w io.Writer, variables []Variable) error {
	var text strings.Builder
	for _, v := range variables {
		text.WriteString(v.String() + "\n")
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// quote leaves plain words as they are.
func quote(s string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,@%+"
	if s != "" && strings.Trim(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
