package core

import "time"

// MaxMessageSize bounds body, system property values, and names and values of
// user properties of a device-to-cloud message, together, in bytes (protocol 9).
const MaxMessageSize = 256 * 1024

// Sources of an event, as in the annotation iothub-message-source (protocol 7.8).
const SourceTelemetry = "Telemetry"

// Property is an application property of a message.
type Property struct{ Name, Value string }

// Message is a device-to-cloud message as it came from a device. Empty fields
// are absent. The comment says which MQTT system property (protocol 4.2) it is
// and where it goes in the event (protocol 7.8).
type Message struct {
	MessageID       string // $.mid, message-id
	CorrelationID   string // $.cid, correlation-id
	ContentType     string // $.ct, content-type
	ContentEncoding string // $.ce, content-encoding
	UserID          string // $.uid, user-id
	To              string // $.to, to
	Subject         string // $.sub, annotation dt-subject: the component
	InterfaceID     string // $.ifid, annotation iothub-interface-id
	// DataSchema is $.schema, annotation iothub-message-schema.
	DataSchema   string
	CreationTime string    // $.ctime, annotation iothub-creation-time-utc
	Expiry       time.Time // $.exp, absolute-expiry-time
	// Properties are the application properties, the last of a name counts.
	Properties []Property
	// Body is not copied before done is called: it must not change until then.
	Body []byte
	// Source is the annotation iothub-message-source; "" is SourceTelemetry.
	Source string
}

// size is what counts against MaxMessageSize.
func (m *Message) size() int {
	n := len(m.Body)
	for _, v := range [...]string{
		m.MessageID, m.CorrelationID, m.ContentType, m.ContentEncoding, m.UserID, m.To,
		m.Subject, m.InterfaceID, m.DataSchema, m.CreationTime,
	} {
		n += len(v)
	}
	for _, p := range m.Properties {
		n += len(p.Name) + len(p.Value)
	}
	return n
}
