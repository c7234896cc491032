package fault

import (
	"errors"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"hubscope/hub/localhub/core"
)

// The ports that Gate.Listener may be of; WebSockets come to that of HTTPS.
const (
	PortHTTPS = protocolHTTPS
	PortMQTT  = protocolMQTT
	PortAMQP  = protocolAMQP
)

// Listener wraps a listener below TLS, so that connections can be refused and
// cut.
func (g *Gate) Listener(l net.Listener, port string) net.Listener {
	return &listener{l, g, port}
}

type listener struct {
	net.Listener
	gate *Gate
	port string
}

func (l *listener) Accept() (net.Conn, error) {
	for {
		nc, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.gate.turnsAway(l.port) {
			_ = nc.Close()
			continue
		}
		c := &conn{Conn: nc, gate: l.gate, port: l.port, remote: nc.RemoteAddr().String()}
		l.gate.conns.Store(c.remote, c)
		return c, nil
	}
}

// turnsAway is about connections that have not said whose they are. On the HTTPS
// port they must be able to take the rule away again.
func (g *Gate) turnsAway(port string) bool {
	armed := g.armed.Load()
	if armed == nil || port == PortHTTPS {
		return false
	}
	for _, r := range *armed {
		if r.Kind == Refuse && r.Device == "" && g.matches(r, core.Act{Operation: core.OpConnect, Protocol: port}) && r.strikes(g.now()) {
			return true
		}
	}
	return false
}

// cut makes the next write of a connection its last.
func (g *Gate) cut(remote string) {
	if c, ok := g.conns.Load(remote); ok {
		c.(*conn).cutNext.Store(true)
	}
}

// reads notes that events are read on a connection.
func (g *Gate) reads(remote string) {
	if c, ok := g.conns.Load(remote); ok {
		c.(*conn).reader.Store(true)
	}
}

// dropReaders closes the connections on which events are read now, as far as the rules strike.
func (g *Gate) dropReaders(rules []*active, made time.Time) {
	if !slices.ContainsFunc(rules, (*active).dropsReaders) {
		return
	}
	g.conns.Range(func(_, value any) bool {
		c := value.(*conn)
		if !c.reader.Load() {
			return true
		}
		act := core.Act{Operation: core.OpEvents, Protocol: protocolAMQP, Remote: c.remote}
		for _, r := range rules {
			if r.dropsReaders() && g.matches(r, act) && r.strikes(made) {
				_ = c.Close()
				break
			}
		}
		return true
	})
}

// conn is a connection that can be cut.
type conn struct {
	net.Conn
	gate         *Gate
	port, remote string
	cutNext      atomic.Bool
	reader       atomic.Bool // events are read on it
}

var errCut = errors.New("the connection was cut by a fault on demand")

func (c *conn) Write(b []byte) (int, error) {
	if !c.cutNext.Load() || len(b) == 0 {
		return c.Conn.Write(b)
	}
	n, err := c.Conn.Write(b[:len(b)/2])
	_ = c.Close()
	if err == nil {
		err = errCut
	}
	return n, err
}

func (c *conn) Close() error {
	c.gate.conns.CompareAndDelete(c.remote, c)
	return c.Conn.Close()
}
