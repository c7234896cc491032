package device

import (
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"hubscope/device/topic"
)

// MaxMessageSize is the greatest size of a message in bytes: its body, the values of its system
// properties, and the keys and values of its application properties (protocol 9).
const MaxMessageSize = 256 * 1024

// Property is an application property of a message.
type Property struct{ Key, Value string }

// Message is a device-to-cloud message. Empty fields are left out.
type Message struct {
	MessageID, CorrelationID     string
	ContentType, ContentEncoding string
	Properties                   []Property
	// Created is when the message was made by the device's clock; it is sent to the millisecond. Zero: not sent.
	Created time.Time
	// Text and Body are two ways to give the body, as text and as bytes; at most one of them is set.
	// The wire does not tell them apart.
	Text string
	// Body is not copied: it must not be changed before the receipt is done.
	Body []byte
	// Tag is not sent: the receipt carries it back to the sender.
	Tag any
}

// Content is the body as it goes over the wire.
func (m Message) Content() []byte {
	if m.Text != "" {
		return []byte(m.Text)
	}
	return m.Body
}

// creationFormat is ISO 8601, as the SDKs write it.
const creationFormat = "2006-01-02T15:04:05.000Z"

// bag gives the message's properties the form in which a topic carries them (protocol 4.2).
func (m Message) bag() topic.Bag {
	bag := make(topic.Bag, 0, 5+len(m.Properties))
	bag.AddIfSet(topic.MessageID, m.MessageID)
	bag.AddIfSet(topic.CorrelationID, m.CorrelationID)
	bag.AddIfSet(topic.ContentType, m.ContentType)
	bag.AddIfSet(topic.ContentEncoding, m.ContentEncoding)
	if !m.Created.IsZero() {
		bag.Add(topic.CreationTime, m.Created.UTC().Format(creationFormat))
	}
	for _, p := range m.Properties {
		bag.Add(p.Key, p.Value)
	}
	return bag
}

// check finds what would make the hub cut the connection, again and again, since the message would
// be sent again after each cut.
func (m Message) check(bag topic.Bag) error {
	if m.Text != "" && len(m.Body) > 0 {
		return fmt.Errorf("%w: both Text and Body are set", ErrBadMessage)
	}
	size := len(m.Text) + len(m.Body)
	for i, p := range bag {
		if p.Key == "" {
			return fmt.Errorf("%w: a property without a name", ErrBadMessage)
		}
		if !utf8.ValidString(p.Key) || !utf8.ValidString(p.Value) {
			return fmt.Errorf("%w: property %q is not UTF-8", ErrBadMessage, p.Key)
		}
		size += len(p.Value)
		if i >= len(bag)-len(m.Properties) {
			size += len(p.Key)
		}
	}
	if size > MaxMessageSize {
		return fmt.Errorf("%w: %d bytes, the greatest is %d", ErrMessageTooLarge, size, MaxMessageSize)
	}
	return nil
}

// checkTopic: MQTT gives the length of a topic two bytes.
func checkTopic(name string) error {
	if len(name) > math.MaxUint16 {
		return fmt.Errorf("%w: the properties need %d bytes when encoded, MQTT has room for %d", ErrMessageTooLarge, len(name), math.MaxUint16)
	}
	return nil
}
