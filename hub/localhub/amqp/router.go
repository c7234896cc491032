package amqp

// node is what stands behind an address. Both methods run on the goroutine
// that reads the connection, before the attach is answered; a returned error
// refuses the link, as protocol 7.7 says. They set the link's hooks and must
// not send yet.
type node interface {
	// source is asked when the peer wants to receive: the hub sends.
	source(s *sender) error
	// target is asked when the peer wants to send: the hub receives.
	target(r *receiver) error
}

type route struct {
	pattern string
	node    node
}

// router finds the node of an address; the first pattern that matches counts.
type router []route

func newRouter(s *Server) router {
	management := &managementNode{srv: s}
	deviceBound := &deviceBoundNode{srv: s}
	telemetry := &telemetryNode{inputs: deviceBound}
	methods, twin := &methodNode{srv: s}, &twinNode{srv: s}
	return router{
		{"$cbs", &cbsNode{srv: s}},
		{"$management", management},
		{"devices/*/messages/events", telemetry},
		{"devices/*/modules/*/messages/events", telemetry},
		{"devices/*/messages/devicebound", deviceBound},
		{"devices/*/modules/*/messages/devicebound", deviceBound},
		{"devices/*/methods/devicebound", methods},
		{"devices/*/modules/*/methods/devicebound", methods},
		{"devices/*/twin", twin},
		{"devices/*/modules/*/twin", twin},
		{"messages/devicebound", &sendNode{srv: s}},
		{"messages/serviceBound/feedback", &feedbackNode{srv: s}},
		{"messages/serviceBound/filenotifications", &fileNode{srv: s}},
		{"messages/events/**", &redirectNode{srv: s}},
		{"*/$management", management},
		{"*/ConsumerGroups/*/Partitions/*", &partitionNode{srv: s}},
		{"*/Partitions/*", &publishNode{srv: s}},
		{"*", &publishNode{srv: s}},
	}
}

func (r router) find(a address) node {
	for _, route := range r {
		if a.matches(route.pattern) {
			return route.node
		}
	}
	return nowhere{}
}

// nowhere is the node of all addresses that no route knows.
type nowhere struct{}

func (nowhere) source(s *sender) error   { return entityNotFound(s.address.text) }
func (nowhere) target(r *receiver) error { return entityNotFound(r.address.text) }
