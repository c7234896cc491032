package events

import "context"

// Ways tells which ways to a hub are open: nil for one that is, or what is in the way, mostly an [*Error].
type Ways struct {
	AMQP      error // port 5671
	WebSocket error // port 443
}

// Probe tries both ways to the hub of o at the same time, as far as they are ways: it connects and presents no key.
// It takes no longer than o.Timeout.
func Probe(ctx context.Context, o Options) Ways {
	o = o.withDefaults()
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	answers := make(chan error, 1)
	go func() { answers <- tryRoute(ctx, firstRoute(o, true)) }()
	return Ways{AMQP: tryRoute(ctx, firstRoute(o, false)), WebSocket: <-answers}
}

func tryRoute(ctx context.Context, r route) error {
	sock, err := r.connect(ctx)
	if err != nil {
		return err
	}
	return sock.Close()
}

// firstRoute is how to reach the host that is asked first: the IoT Hub, or the endpoint if that is given.
func firstRoute(o Options, webSocket bool) route {
	o.WebSocket = webSocket
	if o.EventHub != nil {
		return o.routeTo(directEndpoint(o))
	}
	return o.routeToHub()
}
