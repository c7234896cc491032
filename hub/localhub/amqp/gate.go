package amqp

import "hubscope/hub/localhub/core"

// act is what a service does on this connection. What devices do is asked about
// by their sessions.
func (c *conn) act(op core.Operation, id core.ID, size int) core.Act {
	return core.Act{Operation: op, ID: id, Protocol: protocolName, Remote: c.nc.RemoteAddr().String(), Size: size}
}

// shorten gives a principal of a service the end that the gate wants. That of a
// device is for its session to end.
func (c *conn) shorten(p core.Principal) core.Principal {
	if p.Rights&core.ServiceConnect == 0 {
		return p
	}
	short := c.srv.hub.Lifetime(c.act(core.OpConnect, core.ID{}, 0))
	if short <= 0 {
		return p
	}
	if ends := c.srv.o.Now().Add(short); p.Expiry.IsZero() || ends.Before(p.Expiry) {
		p.Expiry = ends
	}
	return p
}
