package mqtt

import (
	"errors"
	"fmt"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/hub/localhub/core"
)

// maxConnect bounds the remaining length of a CONNECT, which comes from a stranger: a will of its largest
// size and room for a long token.
const maxConnect = 96 << 10

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
	if err != nil {
		return c.because(err)
	}
	connect, ok := packet.(*packets.ConnectPacket)
	if !ok {
		return unexpected(packet) // [MQTT-3.1.0-1]
	}
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
	if err := checkConnect(p); err != nil {
		return err
	}
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

	stored, present := c.server.sessions.open(info.ID, p.CleanSession)
	c.stored = stored
	c.in.limit = maxPacket
	c.pulse.keepAlive(p.Keepalive)
	if err := c.answer(packets.Accepted, present); err != nil {
		session.Close()
		return err
	}
	c.log.Debug("MQTT connection accepted", "device", info.ID.Device, "module", info.ID.Module,
		"remote", c.pulse.RemoteAddr(), "keep-alive", c.pulse.silence, "session-present", present)
	c.server.features.opened(c)
	return nil
}

// answer writes the CONNACK. The goroutine that writes does not run yet.
func (c *conn) answer(code byte, present bool) error {
	ack := packets.NewControlPacket(packets.Connack).(*packets.ConnackPacket)
	ack.ReturnCode = code
	ack.SessionPresent = present
	return ack.Write(c.pulse)
}

// checkConnect holds a CONNECT against the standard. Protocol versions other than 3.1.1 are refused with
// code 1 (protocol 4.1); for what breaks the standard the connection is closed without an answer.
func checkConnect(p *packets.ConnectPacket) error {
	old := p.ProtocolName == "MQIsdp" && p.ProtocolVersion == 3
	if old || p.ProtocolName == "MQTT" && p.ProtocolVersion != 4 {
		return refuse(packets.ErrRefusedBadProtocolVersion, "protocol %q level %d instead of MQTT 3.1.1", p.ProtocolName, p.ProtocolVersion)
	}
	switch {
	case p.ProtocolName != "MQTT":
		return fmt.Errorf("%w: protocol name", errMalformed)
	case p.ReservedBit != 0:
		return fmt.Errorf("%w: reserved flag of CONNECT", errMalformed) // [MQTT-3.1.2-3]
	case p.PasswordFlag && !p.UsernameFlag:
		return fmt.Errorf("%w: a password without a user name", errMalformed) // [MQTT-3.1.2-22]
	case p.WillQos == 3, !p.WillFlag && (p.WillQos != 0 || p.WillRetain):
		return fmt.Errorf("%w: will flags", errMalformed) // [MQTT-3.1.2-13] to [MQTT-3.1.2-15]
	case !isText(p.ClientIdentifier), !isText(p.Username), !isText(p.WillTopic):
		return fmt.Errorf("%w: text that is not UTF-8", errMalformed) // [MQTT-1.5.3-1]
	}
	return nil
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
