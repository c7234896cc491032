package mqtt

import (
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
)

// messageFeature delivers cloud-to-device messages, and messages to the inputs of modules. The work is the
// downlink's.
type messageFeature struct{}

// publish is never reached: a device does not publish to these topics.
func (messageFeature) publish(*conn, topic.Publish, *packets.PublishPacket) error { return nil }

func (messageFeature) granted(c *conn, f topic.Filter, qos byte) {
	if c.downlink == nil {
		c.downlink = newDownlink(c)
	}
	c.downlink.listen(f, qos)
	c.session.OnC2D(c.downlink.wake)
}

func (messageFeature) revoked(c *conn, f topic.Filter) {
	if g, ok := c.stored.forMessages(); ok {
		c.downlink.listen(g.filter, g.qos)
		return
	}
	c.session.OnC2D(nil)
	c.downlink.mute()
}

// acknowledged completes the message (protocol 4.3). What the hub answers no device is told.
func (messageFeature) acknowledged(c *conn, packetID uint16) bool {
	if c.downlink == nil {
		return false
	}
	return c.downlink.acknowledged(packetID)
}

func (messageFeature) closed(c *conn) {
	if c.downlink == nil {
		return
	}
	c.session.OnC2D(nil)
	c.downlink.mute()
}
