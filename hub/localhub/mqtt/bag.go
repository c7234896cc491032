package mqtt

import (
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
)

// Application properties that the hub adds (protocol 4.1; mqtt-dup is UNCONFIRMED there).
const (
	retainProperty    = "mqtt-retain"
	duplicateProperty = "mqtt-dup"
	typeProperty      = "iothub-MessageType"
	typeWill          = "Will"
)

// message makes the device-to-cloud message of a PUBLISH. IoT Hub keeps no retained messages; it tells
// the cloud of the flag.
func message(bag topic.Bag, p *packets.PublishPacket) core.Message {
	m := core.Message{Body: p.Payload}
	fill(&m, bag)
	if p.Retain {
		m.Properties = append(m.Properties, core.Property{Name: retainProperty, Value: "true"})
	}
	if p.Dup {
		m.Properties = append(m.Properties, core.Property{Name: duplicateProperty, Value: "true"})
	}
	return m
}

// fill sorts the members of a property bag into system and application properties.
func fill(m *core.Message, bag topic.Bag) {
	for _, p := range bag {
		if p.Key == topic.Expiry {
			m.Expiry = parseTime(p.Value)
			continue
		}
		if field := systemField(m, p.Key); field != nil {
			*field = p.Value
			continue
		}
		if !isDropped(p.Key) {
			m.Properties = append(m.Properties, core.Property{Name: p.Key, Value: p.Value})
		}
	}
}

// systemField is the field that a system key fills, nil for any other key (protocol 4.2, 7.8).
func systemField(m *core.Message, key string) *string {
	if len(key) < 2 || key[:2] != "$." {
		return nil
	}
	switch key {
	case topic.MessageID:
		return &m.MessageID
	case topic.CorrelationID:
		return &m.CorrelationID
	case topic.UserID:
		return &m.UserID
	case topic.To:
		return &m.To
	case topic.ContentType:
		return &m.ContentType
	case topic.ContentEncoding:
		return &m.ContentEncoding
	case topic.CreationTime:
		return &m.CreationTime
	case topic.Subject:
		return &m.Subject
	case topic.InterfaceID:
		return &m.InterfaceID
	case topic.Schema:
		return &m.DataSchema
	default:
		return nil
	}
}

// isDropped tells of system keys that are for IoT Edge and its routes; they never reach the cloud.
func isDropped(key string) bool {
	switch key {
	case topic.OutputName, topic.ConnectionDeviceID, topic.ConnectionModuleID, topic.DiagnosticID, topic.DiagnosticContext:
		return true
	default:
		return false
	}
}

// parseTime reads an absolute expiry time: ISO 8601, in UTC when it names no zone. What cannot be read is
// no expiry; IoT Hub's answer to it is not documented.
func parseTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
