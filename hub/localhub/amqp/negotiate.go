package amqp

import (
	"errors"
	"net"
	"strings"
	"time"

	"hubscope/hub/localhub/amqp/frame"
)

// negotiate does the protocol headers, and SASL where the client wants it; the
// Node SDKs begin with the plain header (protocol 0, fact 5). The client may
// have sent on without waiting (8.1): its bytes are in the reader.
func (c *conn) negotiate() error {
	protocol, err := c.in.Protocol()
	if err != nil {
		return c.refuseProtocol(err)
	}
	switch protocol {
	case frame.ProtocolAMQP:
	case frame.ProtocolSASL:
		c.sendRaw(frame.Header(frame.ProtocolSASL))
		if err := c.sasl(); err != nil {
			return err
		}
		if protocol, err = c.in.Protocol(); err != nil {
			return err
		}
	}
	if protocol != frame.ProtocolAMQP {
		return c.refuseProtocol(&frame.MalformedError{Reason: "protocol id that is neither AMQP nor SASL"})
	}
	c.sendRaw(frame.Header(frame.ProtocolAMQP))
	return nil
}

// refuseProtocol answers what is no AMQP 1.0 with the header that is wanted.
func (c *conn) refuseProtocol(err error) error {
	var malformed *frame.MalformedError
	if errors.As(err, &malformed) {
		c.sendRaw(frame.Header(frame.ProtocolSASL))
	}
	return err
}

func (c *conn) onOpen(o *frame.Open) error {
	if c.opened {
		return fault(condNotAllowed, "The connection is open already.")
	}
	if o.MaxFrameSize < 512 {
		return fault(condInvalidField, "max-frame-size %d is below 512.", o.MaxFrameSize)
	}
	c.opened = true
	c.hostname = hostOnly(o.Hostname)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.container = o.ContainerID
	if c.container == "" {
		c.container = "unnamed"
	}
	c.maxFrame = int(min(o.MaxFrameSize, maxFrame))
	c.setBeatLocked(o.IdleTimeout)
	c.sendLocked(0, &frame.Open{
		ContainerID:  newID(),
		MaxFrameSize: maxFrame,
		ChannelMax:   channelMax,
		IdleTimeout:  uint32(c.srv.o.IdleTimeout.Milliseconds()),
	})
	return nil
}

// setBeatLocked makes heartbeats at half of what the peer asks for (8.3).
func (c *conn) setBeatLocked(idleMillis uint32) {
	if idleMillis == 0 {
		return
	}
	c.beat = max(time.Duration(idleMillis)*time.Millisecond/2, minBeat)
}

// hostOnly takes the port from a host name.
func hostOnly(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.Trim(host, "[]")
}
