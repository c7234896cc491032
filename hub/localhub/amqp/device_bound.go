package amqp

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
)

// ackProperty is the application property by which a service asks for feedback
// (protocol 6.3).
const ackProperty = "iothub-ack"

// deviceBound reads a cloud-to-device message of a service and whom it is for.
// Names are those of its application properties. Errors: 400004.
func deviceBound(m *goamqp.Message, names []string) (core.ID, core.C2DMessage, error) {
	if m.Properties == nil || m.Properties.To == nil {
		return core.ID{}, core.C2DMessage{}, core.NewError(core.CodeArgumentInvalid, "The message has no 'to'.")
	}
	p := m.Properties
	id, ok := deviceBoundTo(*p.To)
	if !ok {
		return core.ID{}, core.C2DMessage{}, core.NewError(core.CodeArgumentInvalid, "'%.200s' is not of the form /devices/{id}/messages/devicebound.", *p.To)
	}
	body, err := bodyOf(m)
	if err != nil {
		return core.ID{}, core.C2DMessage{}, err
	}
	out := core.C2DMessage{
		MessageID: idText(p.MessageID), CorrelationID: idText(p.CorrelationID), UserID: p.UserID, To: orEmpty(p.To),
		Expiry:      orZero(p.AbsoluteExpiryTime),
		ContentType: orEmpty(p.ContentType), ContentEncoding: orEmpty(p.ContentEncoding),
		Body: body,
	}
	for _, name := range names {
		value := valueText(m.ApplicationProperties[name])
		if strings.EqualFold(name, ackProperty) {
			out.Ack = core.Ack(strings.ToLower(value))
			continue
		}
		out.Properties = append(out.Properties, core.Property{Name: validText(name), Value: value})
	}
	return id, out, nil
}

// deviceBoundTo reads the address of a device or module (protocol 6.3).
func deviceBoundTo(to string) (core.ID, bool) {
	a := parseAddress(to)
	if !a.matches("devices/*/messages/devicebound") && !a.matches("devices/*/modules/*/messages/devicebound") {
		return core.ID{}, false
	}
	return a.identity()
}

// The annotations of a cloud-to-device message (protocol 5.1). C# reads them in
// the types that are used here.
const (
	keySequence      = "x-opt-sequence-number"
	keyLockToken     = "x-opt-lock-token"
	keyEnqueued      = "iothub-enqueuedtime"
	keyDeliveryCount = "iothub-deliverycount"
)

// boundMessage is a cloud-to-device message as its device gets it.
func boundMessage(d core.Delivery) ([]byte, error) {
	m := &d.Message
	out := goamqp.Message{
		Annotations: goamqp.Annotations{
			keySequence:      d.Sequence,
			keyLockToken:     d.LockToken,
			keyEnqueued:      d.Enqueued,
			keyDeliveryCount: uint8(min(d.DeliveryCount, 255)),
		},
		Properties: &goamqp.MessageProperties{
			UserID: m.UserID, To: orNil(m.To),
			ContentType: orNil(m.ContentType), ContentEncoding: orNil(m.ContentEncoding),
		},
	}
	if m.MessageID != "" {
		out.Properties.MessageID = m.MessageID
	}
	if m.CorrelationID != "" {
		out.Properties.CorrelationID = m.CorrelationID
	}
	if !m.Expiry.IsZero() {
		out.Properties.AbsoluteExpiryTime = &m.Expiry
	}
	head, err := out.MarshalBinary()
	if err != nil {
		return nil, err
	}
	body, err := (&goamqp.Message{Data: [][]byte{m.Body}}).MarshalBinary()
	return append(appendProperties(head, boundProperties(m)), body...), err
}

// boundProperties are in the order in which the service sent them, for a device
// may compare it; the last of a name counts.
func boundProperties(m *core.C2DMessage) frame.Map {
	var all frame.Map
	put := func(name, value string) {
		if at := slices.IndexFunc(all, func(p frame.Pair) bool { return p.Key == name }); at >= 0 {
			all[at].Value = value
			return
		}
		all = append(all, frame.Pair{Key: name, Value: value})
	}
	for _, p := range m.Properties {
		put(p.Name, p.Value)
	}
	if m.Ack != "" && m.Ack != core.AckNone {
		put(ackProperty, string(m.Ack))
	}
	return all
}

// tagOf is the delivery-tag for the token of a lock, the 16 bytes of its GUID:
// the C# SDK makes a GUID of the tag, and fails on any other length. It reads
// the first three groups in little-endian order.
func tagOf(token string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(token, "-", ""))
	if err != nil || len(b) != 16 {
		b = []byte(token)
		return b[:min(len(b), 32)]
	}
	binary.LittleEndian.PutUint32(b, binary.BigEndian.Uint32(b))
	binary.LittleEndian.PutUint16(b[4:], binary.BigEndian.Uint16(b[4:]))
	binary.LittleEndian.PutUint16(b[6:], binary.BigEndian.Uint16(b[6:]))
	return b
}
