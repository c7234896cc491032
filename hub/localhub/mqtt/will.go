package mqtt

import (
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
)

// will reads the will of a CONNECT, nil when there is none. IoT Hub sends it as telemetry of the device, so
// its topic must be the device's own and its QoS one that the hub takes (protocol 4.1); any other will
// refuses the connection.
func will(p *packets.ConnectPacket, id core.ID) (*core.Message, error) {
	if !p.WillFlag {
		return nil, nil
	}
	if p.WillQos > 1 {
		return nil, refuse(packets.ErrRefusedNotAuthorised, "a will of QoS 2 is not supported")
	}
	t, err := topic.ParsePublish(p.WillTopic)
	if err != nil {
		return nil, refuse(packets.ErrRefusedNotAuthorised, "will: %w", err)
	}
	if t.Kind != topic.TelemetryKind || t.DeviceID != id.Device || t.ModuleID != id.Module {
		return nil, refuse(packets.ErrRefusedNotAuthorised, "the will is not telemetry of %q", topic.ClientID(id.Device, id.Module))
	}
	m := core.Message{Body: p.WillMessage}
	fill(&m, t.Bag)
	m.Properties = append(m.Properties, core.Property{Name: typeProperty, Value: typeWill})
	if p.WillRetain {
		m.Properties = append(m.Properties, core.Property{Name: retainProperty, Value: "true"})
	}
	return &m, nil
}

// sendWill sends the will of a device that went without a DISCONNECT [MQTT-3.1.2-8]. The end of the
// connection waits until it is stored.
func (c *conn) sendWill() {
	if c.will == nil {
		return
	}
	size := c.will.Size()
	c.out.beginLast(size)
	c.session.SendLast(*c.will, func(err error) {
		if err != nil {
			c.log.Info("MQTT will not stored", "client", c.clientID, "reason", err)
		}
		c.out.finish(size, 0)
	})
}
