package mqtt

import (
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
)

// methodFeature passes direct methods to the device and its answers back (protocol 4.3). A device is online
// for methods while it is subscribed to them, to all or to some.
type methodFeature struct{ unacknowledged }

// publish takes an answer. One whose status is no number, and one to a call that nobody waits for, are
// passed over.
func (methodFeature) publish(c *conn, t topic.Publish, p *packets.PublishPacket) error {
	if t.Status == topic.NoStatus {
		c.log.Info("MQTT method answer passed over", "client", c.clientID, "topic", p.TopicName, "reason", "its status is no number")
		return nil
	}
	if err := c.session.AnswerMethod(t.RequestID, t.Status, p.Payload); err != nil {
		c.log.Info("MQTT method answer passed over", "client", c.clientID, "reason", err)
	}
	return nil
}

func (methodFeature) granted(c *conn, _ topic.Filter, _ byte) { listenToMethods(c) }

func (methodFeature) revoked(c *conn, _ topic.Filter) { listenToMethods(c) }

// listenToMethods makes the device online for what it is subscribed to, and for no other method: a caller
// of one learns at once that there is nobody (protocol 2.7).
func listenToMethods(c *conn) {
	if !c.stored.has(topic.MethodFilter) {
		c.session.OnMethod(nil)
		return
	}
	c.session.OnMethod(func(r core.MethodRequest) {
		p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
		p.TopicName, p.Payload = topic.MethodCall(r.Name, r.RequestID), r.Payload
		c.push(p)
	}, c.stored.names(topic.MethodFilter)...)
}

func (methodFeature) closed(c *conn) {
	if c.stored.has(topic.MethodFilter) {
		c.session.OnMethod(nil)
	}
}
