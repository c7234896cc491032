package events

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"
)

// Names of annotations. protocol 7.8
const (
	annotationDevice       = "iothub-connection-device-id"
	annotationModule       = "iothub-connection-module-id"
	annotationSource       = "iothub-message-source"
	annotationPartitionKey = "x-opt-partition-key"
)

// decode makes an Event of what azeventhubs received. It takes over the maps and the body: nothing else holds them.
func decode(partition string, received time.Time, d *azeventhubs.ReceivedEventData) Event {
	e := Event{
		Partition:  partition,
		Sequence:   d.SequenceNumber,
		Offset:     d.Offset,
		Received:   received,
		Properties: d.Properties,
		System:     d.SystemProperties,
		Body:       d.Body,
	}
	if d.EnqueuedTime != nil {
		e.Enqueued = *d.EnqueuedTime
	}
	e.DeviceID, _ = d.SystemProperties[annotationDevice].(string)
	e.ModuleID, _ = d.SystemProperties[annotationModule].(string)
	e.Source, _ = d.SystemProperties[annotationSource].(string)
	if d.PartitionKey != nil {
		e.annotate(annotationPartitionKey, *d.PartitionKey)
	}
	if d.Body == nil {
		e.Body = otherBody(d.RawAMQPMessage.Body)
	}
	if p := d.RawAMQPMessage.Properties; p != nil {
		e.takeProperties(p)
	}
	return e
}

func (e *Event) takeProperties(p *azeventhubs.AMQPAnnotatedMessageProperties) {
	e.MessageID = idText(p.MessageID)
	e.CorrelationID = idText(p.CorrelationID)
	e.ContentType = deref(p.ContentType)
	e.ContentEncoding = deref(p.ContentEncoding)
	if len(p.UserID) > 0 {
		e.annotate("user-id", bytesText(p.UserID))
	}
	annotateIf(e, "to", p.To)
	annotateIf(e, "subject", p.Subject)
	annotateIf(e, "reply-to", p.ReplyTo)
	annotateIf(e, "absolute-expiry-time", p.AbsoluteExpiryTime)
	annotateIf(e, "creation-time", p.CreationTime)
	annotateIf(e, "group-id", p.GroupID)
	annotateIf(e, "group-sequence", p.GroupSequence)
	annotateIf(e, "reply-to-group-id", p.ReplyToGroupID)
}

func annotateIf[T any](e *Event, name string, value *T) {
	if value != nil {
		e.annotate(name, *value)
	}
}

func (e *Event) annotate(name string, value any) {
	if e.System == nil {
		e.System = make(map[string]any, 1)
	}
	e.System[name] = value
}

// otherBody is the payload of a message that is not one data section: several of them joined, text or bytes
// as they are, and any other AMQP value as JSON. Devices that speak AMQP may send these.
func otherBody(body azeventhubs.AMQPAnnotatedMessageBody) []byte {
	if len(body.Data) > 0 {
		var joined []byte
		for _, section := range body.Data {
			joined = append(joined, section...)
		}
		return joined
	}
	switch value := body.Value.(type) {
	case nil:
	case string:
		return []byte(value)
	case []byte:
		return value
	default:
		return jsonText(value)
	}
	if len(body.Sequence) > 0 {
		return jsonText(body.Sequence)
	}
	return nil
}

func jsonText(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil { // a map with keys that are no strings
		return fmt.Append(nil, v)
	}
	return text
}

// idText writes a message or correlation id as text: AMQP has them as string, ulong, uuid or binary.
func idText(id any) string {
	switch id := id.(type) {
	case nil:
		return ""
	case string:
		return id
	case []byte:
		return bytesText(id)
	default:
		return fmt.Sprint(id)
	}
}

func bytesText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return base64.StdEncoding.EncodeToString(b)
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
