package mqtt

import (
	"errors"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
)

// errEnded is seen only when nothing better is known about why a connection has ended.
var errEnded = errors.New("the connection has ended")

// published takes a PUBLISH. What IoT Hub does not take ends the connection: QoS 2, a topic that it does
// not know or that belongs to another identity, a malformed property bag, too large a message (protocol 4.1).
func (c *conn) published(p *packets.PublishPacket) error {
	if p.Qos == 2 {
		return core.NewError(core.CodeArgumentInvalid, "QoS 2 is not supported")
	}
	t, err := topic.ParsePublish(p.TopicName)
	if err != nil {
		return core.NewError(core.CodeArgumentInvalid, "publish: %v", err)
	}
	if t.Kind == topic.TelemetryKind {
		return c.telemetry(t, p)
	}
	c.session.Touch()
	if err := c.server.features.publish(c, t, p); err != nil {
		return err
	}
	if p.Qos == 0 {
		return nil
	}
	c.out.drained() // acknowledgements keep the order of publishing, telemetry among it [MQTT-4.6.0-2]
	return c.out.send(puback(p.MessageID))
}

// telemetry hands a message to the hub. Its PUBACK follows when it is durable (protocol 4.3).
func (c *conn) telemetry(t topic.Publish, p *packets.PublishPacket) error {
	if t.DeviceID != c.id.Device || t.ModuleID != c.id.Module {
		return core.NewError(core.CodeUnauthorizedHub, "publish to the topic of %q", topic.ClientID(t.DeviceID, t.ModuleID))
	}
	m := message(t.Bag, p)
	size := m.Size()
	if size > core.MaxMessageSize {
		return core.NewError(core.CodeMessageTooLarge, "a message of %d bytes; %d are allowed", size, core.MaxMessageSize)
	}
	if !c.out.begin(size) {
		return errEnded
	}
	ack := uint16(0)
	if p.Qos == 1 {
		ack = p.MessageID
	}
	c.session.Send(m, func(err error) { c.onStored(size, ack, err) })
	return nil
}

// onStored runs on the store's goroutine, in the order of Send: acknowledgements keep the order of
// publishing [MQTT-4.6.0-2].
func (c *conn) onStored(size int, ack uint16, err error) {
	if err != nil {
		c.out.finish(size, 0)
		c.end(err)
		return
	}
	c.out.finish(size, ack)
}

func puback(id uint16) *packets.PubackPacket {
	p := packets.NewControlPacket(packets.Puback).(*packets.PubackPacket)
	p.MessageID = id
	return p
}
