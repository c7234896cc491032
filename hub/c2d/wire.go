package c2d

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/go-amqp"
)

// node is where services send cloud-to-device messages, and ackProperty the application property that asks for
// feedback (protocol 6.3).
const (
	node        = "/messages/devicebound"
	ackProperty = "iothub-ack"
)

// To is the device that a message is for, or one of its modules.
type To struct{ DeviceID, ModuleID string }

// String names it for people.
func (t To) String() string {
	if t.ModuleID == "" {
		return strconv.Quote(t.DeviceID)
	}
	return "module " + strconv.Quote(t.ModuleID) + " of " + strconv.Quote(t.DeviceID)
}

// address is the "to" of a message, with percent-encoded ids.
func (t To) address() string {
	path := "/devices/" + encoded(t.DeviceID)
	if t.ModuleID != "" {
		path += "/modules/" + encoded(t.ModuleID)
	}
	return path + node
}

func encoded(id string) string { return strings.ReplaceAll(url.QueryEscape(id), "+", "%20") }

// wire is the message as it is sent.
func (m *Message) wire(to To) *amqp.Message {
	address := to.address()
	properties := &amqp.MessageProperties{
		To: &address, MessageID: m.MessageID, UserID: []byte(m.UserID),
		ContentType: orNil(m.ContentType), ContentEncoding: orNil(m.ContentEncoding),
	}
	if m.CorrelationID != "" {
		properties.CorrelationID = m.CorrelationID
	}
	if !m.Expiry.IsZero() {
		expiry := m.Expiry.UTC().Truncate(time.Millisecond) // as a timestamp of AMQP is
		properties.AbsoluteExpiryTime = &expiry
	}
	out := &amqp.Message{Properties: properties, Data: [][]byte{m.Body}}
	if len(m.Properties) > 0 || m.Ack.Asks() {
		out.ApplicationProperties = make(map[string]any, len(m.Properties)+1)
	}
	for _, p := range m.Properties {
		out.ApplicationProperties[p.Name] = p.Value
	}
	if m.Ack.Asks() {
		out.ApplicationProperties[ackProperty] = string(m.Ack)
	}
	return out
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
