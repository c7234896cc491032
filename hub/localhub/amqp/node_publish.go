package amqp

import (
	"strings"

	"hubscope/hub/localhub/core"
)

// publishNode is the event hub itself and its partitions as targets. Nothing
// can be published to the built-in endpoint (protocol 7.7), nor read without
// naming a consumer group.
type publishNode struct{ srv *Server }

func (n *publishNode) source(s *sender) error   { return n.refuse(s.link) }
func (n *publishNode) target(r *receiver) error { return n.refuse(r.link) }

func (n *publishNode) refuse(l *link) error {
	if !strings.EqualFold(l.address.segment(0), n.srv.hub.EventHub()) {
		return entityNotFound(l.address.text)
	}
	if err := l.authorize(core.ServiceConnect, l.address.path()); err != nil {
		return err
	}
	return fault(condNotAllowed, "The built-in endpoint '%s' takes messages of devices only; events are read from a partition of a consumer group.", n.srv.hub.EventHub())
}
