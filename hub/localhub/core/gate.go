package core

import (
	"context"
	"errors"
	"time"
)

// Operation is what a device or a service wants of the hub, in the words of the
// table of throttles (protocol 9).
type Operation string

// The operations.
const (
	OpConnect        Operation = "connect"        // a device's connection
	OpTelemetry      Operation = "telemetry"      // a message of a device
	OpTwinRead       Operation = "twin-read"      // by either side
	OpTwinUpdate     Operation = "twin-update"    // by either side
	OpMethod         Operation = "method"         // a call of a direct method
	OpC2D            Operation = "c2d"            // a message to a device
	OpC2DReceive     Operation = "c2d-receive"    // over HTTPS
	OpRegistry       Operation = "registry"       // identities of devices and modules
	OpQuery          Operation = "query"          // a page of a query's result
	OpUpload         Operation = "upload"         // of a file
	OpJobs           Operation = "jobs"           // scheduled jobs
	OpConfigurations Operation = "configurations" // automatic device management
	OpEvents         Operation = "events"         // a reader of a partition
	OpOther          Operation = "other"
)

// Act is an operation with who wants it and how.
type Act struct {
	Operation Operation
	// ID is the device or module that it is about; empty when it is about none.
	ID ID
	// Protocol is that of SessionInfo, or "rest" for the service API.
	Protocol string
	// Remote is the address of the peer, if it is known.
	Remote string
	// Size is what is sent, in bytes.
	Size int
	// Job says that a scheduled job does it, which has a pace of its own. Nobody's
	// connection carries it, so it has no protocol.
	Job bool
}

// Gate is asked before the hub does something. Package fault has one that makes
// faults on demand. Its methods are called concurrently.
type Gate interface {
	// Ask lets the act pass with nil, maybe after a while, and refuses it with
	// an *Error. CodeDropped also ends the device's session.
	Ask(ctx context.Context, a Act) error
	// Lifetime is how long a session may last whatever its token says; 0 for as
	// long as that.
	Lifetime(a Act) time.Duration
}

// CodeDropped is ConnectionForcefullyClosedOnFaultInjection.
const CodeDropped = 400029

// Ask asks the gate, if there is one. The hub itself asks about connections,
// telemetry and what devices do with their twins; its endpoints about all else.
func (h *Hub) Ask(ctx context.Context, a Act) error {
	if h.o.Gate == nil {
		return nil
	}
	return h.o.Gate.Ask(ctx, a)
}

// Lifetime asks the gate how long something may last whatever its token says; 0
// for as long as that. Sessions of devices ask themselves.
func (h *Hub) Lifetime(a Act) time.Duration {
	if h.o.Gate == nil {
		return 0
	}
	return h.o.Gate.Lifetime(a)
}

// askFor asks about what a device does within its session, if it has one.
func (h *Hub) askFor(ctx context.Context, op Operation, id ID, size int) error {
	if h.o.Gate == nil {
		return nil
	}
	s := h.sessions.get(id)
	if s == nil {
		return nil // the REST API and jobs ask themselves
	}
	return s.ask(ctx, op, size)
}

// ask ends the session when the gate says so.
func (s *Session) ask(ctx context.Context, op Operation, size int) error {
	if s.hub.o.Gate == nil {
		return nil
	}
	err := s.hub.o.Gate.Ask(ctx, s.info.act(op, size))
	var e *Error
	if errors.As(err, &e) && e.Code == CodeDropped {
		s.end(e)
	}
	return err
}

func (i SessionInfo) act(op Operation, size int) Act {
	return Act{Operation: op, ID: i.ID, Protocol: i.Protocol, Remote: i.Remote, Size: size}
}

// EndSessions ends those sessions that choose picks, with its reason.
func (h *Hub) EndSessions(choose func(Act) *Error) {
	h.sessions.each(func(s *Session) {
		if reason := choose(s.info.act(OpConnect, 0)); reason != nil {
			s.end(reason)
		}
	})
}
