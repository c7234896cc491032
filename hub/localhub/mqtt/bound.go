package mqtt

import (
	"strings"
	"time"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
)

// ackProperty travels to the device as a plain property (protocol 4.2).
const ackProperty = "iothub-ack"

// inputsPart stands before the name of an input in an address of a module.
const inputsPart = "/inputs/"

// defaultInput is where a module gets a message that names no input. IoT Hub alone has no messages to
// modules over MQTT, only IoT Edge has, whose routes name the input: UNCONFIRMED.
const defaultInput = "devicebound"

// boundTopic is the topic of a message to an identity: that of cloud-to-device messages, or of a module's
// input (protocol 4.2).
func boundTopic(id core.ID, f topic.Filter, m *core.C2DMessage) string {
	if id.Module == "" {
		return topic.DeviceBound(id.Device, boundBag(m))
	}
	return topic.ModuleInput(id.Device, id.Module, inputOf(f, m), boundBag(m))
}

// inputOf is the input that the address of a message names, else the one that the module listens to.
func inputOf(f topic.Filter, m *core.C2DMessage) string {
	if _, input, ok := strings.Cut(m.To, inputsPart); ok && input != "" && !strings.ContainsAny(input, "/+#\x00") {
		return input
	}
	if f.Name != "" {
		return f.Name
	}
	return defaultInput
}

// boundBag is the property bag of a message. No value is null: the Node SDK reads that as "undefined".
func boundBag(m *core.C2DMessage) topic.Bag {
	var bag topic.Bag
	bag.AddIfSet(topic.MessageID, m.MessageID)
	bag.AddIfSet(topic.CorrelationID, m.CorrelationID)
	bag.AddIfSet(topic.UserID, strings.ToValidUTF8(string(m.UserID), "\uFFFD"))
	bag.AddIfSet(topic.To, m.To)
	bag.AddIfSet(topic.ContentType, m.ContentType)
	bag.AddIfSet(topic.ContentEncoding, m.ContentEncoding)
	if !m.Expiry.IsZero() {
		bag.Add(topic.Expiry, m.Expiry.UTC().Format(time.RFC3339Nano))
	}
	if m.Ack != "" && m.Ack != core.AckNone {
		bag.Add(ackProperty, string(m.Ack))
	}
	for _, p := range m.Properties {
		bag.Add(p.Name, p.Value)
	}
	return bag
}
