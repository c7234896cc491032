package mqtt

import (
	"fmt"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
)

// notGranted is the return code of a filter in a SUBACK that says no.
const notGranted = 0x80

// subscribe grants what IoT Hub knows, with QoS 1 at most, and answers 0x80 for all else (protocol 4.1).
func (c *conn) subscribe(p *packets.SubscribePacket) error {
	c.session.Touch()
	ack := packets.NewControlPacket(packets.Suback).(*packets.SubackPacket)
	ack.MessageID = p.MessageID
	ack.ReturnCodes = make([]byte, len(p.Topics))
	var granted []grant
	for i, filter := range p.Topics {
		g, ok := c.grant(filter, min(p.Qoss[i], 1))
		if !ok {
			ack.ReturnCodes[i] = notGranted
			c.log.Info("MQTT subscription refused", "client", c.clientID, "filter", filter)
			continue
		}
		ack.ReturnCodes[i] = g.qos
		granted = append(granted, g)
	}
	if len(granted) > 0 {
		if err := c.stored.save(c.context()); err != nil {
			return fmt.Errorf("keep the subscriptions: %w", err)
		}
	}
	// Who has the SUBACK counts on what it grants. Method calls and desired
	// properties are not kept for later, so they are switched on before it, and may
	// come before it [MQTT-3.8.4-3]; queued messages flow after it.
	c.switchOn(granted, isPushed)
	if err := c.out.send(ack); err != nil {
		return err
	}
	c.switchOn(granted, func(f topic.Filter) bool { return !isPushed(f) })
	return nil
}

// isPushed tells whether what a filter is for is lost on a device that does not
// take it at that moment.
func isPushed(f topic.Filter) bool {
	return f.Kind == topic.MethodFilter || f.Kind == topic.DesiredFilter
}

// switchOn starts the features of those grants that are chosen.
func (c *conn) switchOn(granted []grant, chosen func(topic.Filter) bool) {
	for _, g := range granted {
		if chosen(g.filter) {
			c.server.features.granted(c, g.filter, g.qos)
		}
	}
}

func (c *conn) grant(text string, qos byte) (grant, bool) {
	filter, err := topic.ParseFilter(text)
	if err != nil || !c.mayReceive(filter) {
		return grant{}, false
	}
	g := grant{text, filter, qos}
	return g, c.stored.add(g)
}

// mayReceive tells whether a filter is for the identity of this connection. Filters of twins and methods
// name none.
func (c *conn) mayReceive(f topic.Filter) bool {
	if f.DeviceID == "" {
		return true
	}
	return f.DeviceID == c.id.Device && f.ModuleID == c.id.Module
}

func (c *conn) unsubscribe(p *packets.UnsubscribePacket) error {
	c.session.Touch()
	for _, filter := range p.Topics {
		if g, ok := c.stored.remove(filter); ok {
			c.server.features.revoked(c, g.filter)
		}
	}
	if err := c.stored.save(c.context()); err != nil {
		return fmt.Errorf("keep the subscriptions: %w", err)
	}
	ack := packets.NewControlPacket(packets.Unsuback).(*packets.UnsubackPacket)
	ack.MessageID = p.MessageID
	return c.out.send(ack)
}
