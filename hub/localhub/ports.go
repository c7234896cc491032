package localhub

import (
	"net"
	"strconv"
)

// ports are the four ports of a hub.
type ports struct{ https, mqtt, amqp, amqpPlain port }

func newPorts(o Options) *ports {
	return &ports{
		https:     port{endpoint: "HTTPS", wellKnown: wellKnownHTTPS, wanted: o.HTTPSPort},
		mqtt:      port{endpoint: "MQTT", wellKnown: wellKnownMQTT, wanted: o.MQTTPort},
		amqp:      port{endpoint: "AMQP", wellKnown: wellKnownAMQP, wanted: o.AMQPPort},
		amqpPlain: port{endpoint: "AMQP plain", wellKnown: wellKnownAMQPPlain, wanted: o.AMQPPlainPort},
	}
}

func (p *ports) all() []*port { return []*port{&p.https, &p.mqtt, &p.amqp, &p.amqpPlain} }

func (p *ports) open(host string) error {
	for _, port := range p.all() {
		if err := port.open(host); err != nil {
			return err
		}
	}
	return nil
}

func (p *ports) close() {
	for _, port := range p.all() {
		port.close()
	}
}

// Moved lists the wanted ports that were replaced.
func (h *Hub) Moved() []PortNote {
	var notes []PortNote
	for _, p := range h.ports.all() {
		if p.note != nil {
			notes = append(notes, *p.note)
		}
	}
	return notes
}

// dialHost is where a client on this machine reaches the hub.
func (h *Hub) dialHost() string {
	ip := net.ParseIP(h.o.Listen)
	switch {
	case !ip.IsUnspecified():
		return h.o.Listen
	case ip.To4() != nil:
		return "127.0.0.1"
	}
	return "::1"
}

func (h *Hub) addr(p *port) string {
	return net.JoinHostPort(h.dialHost(), strconv.Itoa(p.number))
}
