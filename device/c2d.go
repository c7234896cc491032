package device

import (
	"errors"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
)

// Settlement is what becomes of a cloud-to-device message. MQTT can do no more than these two: reject and
// abandon exist in AMQP and HTTPS only (protocol 4.3).
type Settlement uint8

// The settlements.
const (
	// Complete tells the hub that the message was received (PUBACK); the hub lets go of it.
	Complete Settlement = iota
	// Leave tells the hub nothing. The message stays there and comes again with the next connection, until it expires.
	Leave
)

// Incoming is a cloud-to-device message, or, for a module, a message to one of its inputs. Empty fields were absent.
type Incoming struct {
	MessageID, CorrelationID     string
	UserID, To                   string
	ContentType, ContentEncoding string
	// Input is the module's input; empty for a device.
	Input string
	// Created and Expiry are zero when absent or malformed; System has their text.
	Created, Expiry time.Time
	// Properties are the application properties, in the order of the topic, iothub-ack among them.
	Properties []Property
	// System holds all system properties by their keys in the topic, such as "$.mid"; those that have a
	// field of their own too. Nil when there are none.
	System map[string]string
	// Repeated tells that the hub marked it as one that it sent before (DUP).
	Repeated bool
	Body     []byte
}

// decodeIncoming gives the properties of a topic their places (protocol 4.2).
func decodeIncoming(d topic.Delivery, p *packets.PublishPacket) *Incoming {
	m := &Incoming{Input: d.Name, Repeated: p.Dup, Body: p.Payload}
	for _, property := range d.Bag {
		if !isSystem(property.Key) {
			m.Properties = append(m.Properties, Property{property.Key, property.Value})
			continue
		}
		if m.System == nil {
			m.System = make(map[string]string)
		}
		if _, twice := m.System[property.Key]; twice {
			continue // the first counts
		}
		m.System[property.Key] = property.Value
		m.place(property.Key, property.Value)
	}
	return m
}

func isSystem(key string) bool { return len(key) > 2 && key[:2] == "$." }

func (m *Incoming) place(key, value string) {
	switch key {
	case topic.MessageID:
		m.MessageID = value
	case topic.CorrelationID:
		m.CorrelationID = value
	case topic.UserID:
		m.UserID = value
	case topic.To:
		m.To = value
	case topic.ContentType:
		m.ContentType = value
	case topic.ContentEncoding:
		m.ContentEncoding = value
	case topic.CreationTime:
		m.Created = parseTime(value)
	case topic.Expiry:
		m.Expiry = parseTime(value)
	}
}

// parseTime reads ISO 8601 as services write it, with and without a zone.
func parseTime(text string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// maxMessages is how many messages may wait for OnMessage: as many as the hub keeps for a device (protocol 4.3).
const maxMessages = 50

var errMessagesWait = errors.New("too many cloud-to-device messages wait for their handler: left with the hub")

// takeMessage queues a message for its handler. One that cannot be taken is left with the hub.
func (c *Client) takeMessage(l *link, d topic.Delivery, p *packets.PublishPacket) {
	if c.o.OnMessage == nil {
		c.down.count(func(n *Counts) { n.MessagesLeft++ })
		return
	}
	m := decodeIncoming(d, p)
	taken := c.down.enqueue(&c.down.messages, maxMessages, func() { c.settleMessage(l, p, c.o.OnMessage(m)) })
	c.down.count(func(n *Counts) {
		n.Messages++
		if !taken {
			n.MessagesLeft++
		}
	})
	if !taken {
		c.problem(errMessagesWait)
	}
}

// settleMessage does as the handler said. A PUBACK is for the connection that brought the message; when that is gone,
// the message comes again.
func (c *Client) settleMessage(l *link, p *packets.PublishPacket, s Settlement) {
	if s != Complete || p.Qos == 0 {
		c.down.count(func(n *Counts) { n.MessagesLeft++ })
		return
	}
	err := c.post(l, puback(p.MessageID))
	c.down.count(func(n *Counts) {
		if err != nil {
			n.AnswersLost++
			return
		}
		n.MessagesCompleted++
	})
}

func puback(id uint16) packets.ControlPacket {
	p := packets.NewControlPacket(packets.Puback).(*packets.PubackPacket)
	p.MessageID = id
	return p
}
