package device

import (
	"fmt"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// receive takes a packet other than a PUBACK. It runs on the reader of the link and must not block. An
// error ends the link.
func (c *Client) receive(l *link, packet packets.ControlPacket) error {
	switch p := packet.(type) {
	case *packets.PingrespPacket:
		return nil // that it was heard is what counts, see pulse
	case *packets.PublishPacket:
		return c.arrived(l, p)
	case *packets.SubackPacket:
		return c.subscribed(l, p)
	case *packets.UnsubackPacket:
		return nil
	default:
		return fmt.Errorf("%w: a packet that no hub sends: %T", errGarbage, packet)
	}
}
