package amqp

import (
	"fmt"
	"strings"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
)

// redirectNode is messages/events of the IoT Hub name: links are sent on to the
// Event Hubs-compatible endpoint, senders too (protocol 6.6).
type redirectNode struct{ srv *Server }

func (n *redirectNode) source(s *sender) error   { return n.redirect(s.link) }
func (n *redirectNode) target(r *receiver) error { return n.redirect(r.link) }

func (n *redirectNode) redirect(l *link) error {
	if err := l.authorize(core.ServiceConnect, l.address.path()); err != nil {
		return err
	}
	host, port := n.host(l), n.srv.o.Port()
	rest := strings.Join(l.address.segments[2:], "/")
	return &frame.Error{
		Condition: condRedirect,
		Info: frame.Map{
			{Key: frame.Symbol("hostname"), Value: host},
			{Key: frame.Symbol("network-host"), Value: host},
			{Key: frame.Symbol("port"), Value: int32(port)},
			{Key: frame.Symbol("address"), Value: fmt.Sprintf("amqps://%s:%d/%s/%s", host, port, n.srv.hub.EventHub(), rest)},
			{Key: frame.Symbol("com.microsoft:tracking-id"), Value: core.NewTrackingID(n.srv.o.Now())},
		},
	}
}

// host is the name by which the client has come, if it is one of the hub's: it
// resolves there and the client trusts it.
func (n *redirectNode) host(l *link) string {
	if name := l.s.c.hostname; name != "" && n.srv.hub.HasName(name) {
		return name
	}
	return n.srv.o.Host
}
