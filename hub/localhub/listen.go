package localhub

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strconv"
	"syscall"
)

// PortNote tells that a wanted port was replaced by a free one.
type PortNote struct {
	// Endpoint is "HTTPS", "MQTT", "AMQP" or "AMQP plain".
	Endpoint     string
	Wanted, Port int
	// Reason is "in use" or "not permitted".
	Reason string
}

// String is a sentence for the screen.
func (n PortNote) String() string {
	return fmt.Sprintf("%s port %d is %s: using %d", n.Endpoint, n.Wanted, n.Reason, n.Port)
}

// PortError says that a port that was asked for can not be had.
type PortError struct {
	Endpoint string
	Port     int
	Err      error
}

func (e *PortError) Error() string {
	switch reason := portReason(e.Err); reason {
	case "":
		return fmt.Sprintf("listen for %s on port %d: %s", e.Endpoint, e.Port, e.Err)
	default:
		return fmt.Sprintf("%s port %d is %s: stop the program that has it, or choose another port (0 takes any free one)", e.Endpoint, e.Port, reason)
	}
}

func (e *PortError) Unwrap() error { return e.Err }

// portReason is why a port can not be had, in words; "" when it is something
// else than the port.
func portReason(err error) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "in use"
	case errors.Is(err, fs.ErrPermission):
		return "not permitted"
	}
	return ""
}

// port is one of the four ports: what was asked for and what it became.
type port struct {
	endpoint  string
	wellKnown int
	wanted    int

	number    int
	listeners []net.Listener
	note      *PortNote
	// occupied says that another program has the port on ::1.
	occupied bool
}

// open listens on host.
func (p *port) open(host string) error {
	wanted := p.wanted
	if wanted == Preferred {
		wanted = p.wellKnown
	}
	l, err := listen(host, wanted)
	if err != nil && p.wanted == Preferred && portReason(err) != "" {
		p.note = &PortNote{Endpoint: p.endpoint, Wanted: wanted, Reason: portReason(err)}
		l, err = listen(host, 0)
	}
	if err != nil {
		return &PortError{Endpoint: p.endpoint, Port: wanted, Err: err}
	}
	p.listeners = []net.Listener{l}
	p.number = l.Addr().(*net.TCPAddr).Port
	if p.note != nil {
		p.note.Port = p.number
	}
	p.openOtherLoopback(host)
	return nil
}

// openOtherLoopback also listens on ::1, so that "localhost" works for clients
// that try it first and do not try again. A machine may have no IPv6.
func (p *port) openOtherLoopback(host string) {
	if host != defaultListen {
		return
	}
	l, err := listen("::1", p.number)
	if err == nil {
		p.listeners = append(p.listeners, l)
	}
	p.occupied = portReason(err) != ""
}

func (p *port) close() {
	for _, l := range p.listeners {
		_ = l.Close()
	}
}

func listen(host string, port int) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
}
