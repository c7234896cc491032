package mqtt

import (
	"errors"
	"fmt"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
)

// maxConnect bounds the remaining length of a CONNECT, which comes from a stranger: a will of its largest
// size and room for a long token.
const maxConnect = 96 << 10

// maxClientID is the length of the longest client identifier: two ids and a slash (protocol 1.5).
const maxClientID = 128 + 1 + 128

// refusal is a CONNECT that is answered with a return code other than 0.
type refusal struct {
	code byte
	err  error
}

func (r *refusal) Error() string {
	return fmt.Sprintf("%v (CONNACK %d)", r.err, r.code)
}

func (r *refusal) Unwrap() error { return r.err }

func refuse(code byte, format string, a ...any) error {
	return &refusal{code, fmt.Errorf(format, a...)}
}

// handshake reads the CONNECT and answers it. After a nil error the session is open. A refusal has been
// answered with its code; for a client that breaks the standard there is no answer.
func (c *conn) handshake() error {
	c.in.limit = maxConnect
	packet, err := c.in.next()
	if errors.Is(err, errVersion) {
		err = &refusal{packets.ErrRefusedBadProtocolVersion, err}
		c.answer(packets.ErrRefusedBadProtocolVersion, false)
	}
	if err != nil {
		return c.because(err)
	}
	connect, ok := packet.(*packets.ConnectPacket)
	if !ok {
		return unexpected(packet) // [MQTT-3.1.0-1]
	}
	c.clientID = connect.ClientIdentifier[:min(len(connect.ClientIdentifier), maxClientID)]
	if err := c.open(connect); err != nil {
		var r *refusal
		if errors.As(err, &r) {
			c.answer(r.code, false)
		}
		return err
	}
	return nil
}

// open decides about a CONNECT and, when it is good, sends the CONNACK and opens the session.
func (c *conn) open(p *packets.ConnectPacket) error {
	info, err := c.identify(p)
	if err != nil {
		return err
	}
	c.id = info.ID
	if c.will, err = will(p, info.ID); err != nil {
		return err
	}
	session, err := c.server.hub.Connect(c.context(), info, c.end)
	if err != nil {
		return &refusal{codeFor(err), err}
	}
	c.session = session
	c.server.known(c)

	var present bool
	if c.stored, present, err = c.server.sessions.open(c.context(), info.ID, c.generation(), p.CleanSession); err != nil {
		session.Close()
		return &refusal{codeFor(err), err}
	}
	c.in.limit = maxPacket
	c.pulse.keepAlive(p.Keepalive)
	// Who has the CONNACK counts on what the stored session holds, so what is pushed is switched on before it. It is
	// queued, and the goroutine that writes does not run yet.
	c.switchOn(c.stored.all(), isPushed)
	if err := c.answer(packets.Accepted, present); err != nil {
		c.server.features.closed(c)
		session.Close()
		return err
	}
	c.log.Debug("MQTT connection accepted", "client", c.clientID,
		"remote", c.pulse.RemoteAddr(), "keep-alive", c.pulse.silence, "session-present", present)
	c.switchOn(c.stored.all(), func(f topic.Filter) bool { return !isPushed(f) })
	return nil
}

// generation is the generation id of the identity, empty when it was deleted this very moment.
func (c *conn) generation() string {
	if c.id.Module != "" {
		m, err := c.server.hub.Module(c.id)
		if err != nil {
			return ""
		}
		return m.GenerationID
	}
	d, err := c.server.hub.Device(c.id.Device)
	if err != nil {
		return ""
	}
	return d.GenerationID
}

// answer writes the CONNACK. The goroutine that writes does not run yet.
func (c *conn) answer(code byte, present bool) error {
	ack := packets.NewControlPacket(packets.Connack).(*packets.ConnackPacket)
	ack.ReturnCode = code
	ack.SessionPresent = present
	return ack.Write(c.pulse)
}

// codeFor is the return code for an error of core: a bad token, an unknown or a disabled identity are
// "not authorized", what is the hub's own fault is "server unavailable" (protocol 4.1).
func codeFor(err error) byte {
	var e *core.Error
	if errors.As(err, &e) && e.Status >= 400 && e.Status < 429 {
		return packets.ErrRefusedNotAuthorised
	}
	return packets.ErrRefusedServerUnavailable
}

func unexpected(p packets.ControlPacket) error {
	return fmt.Errorf("%w: a packet that a device may not send now: %T", errMalformed, p)
}
