package d2c

import "time"

// SourceTelemetry is the annotation iothub-message-source of what devices send.
const SourceTelemetry = "Telemetry"

// Property is an application property of a message.
type Property struct{ Name, Value string }

// Message is a device-to-cloud message as it came from a device. Empty fields
// are absent. The comments say which MQTT system property each is
// (protocol 4.2) and where it goes in the event (protocol 7.8).
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
	// Properties are the application properties; the last of a name counts.
	Properties []Property
	// Body is the payload as the device sent it.
	Body []byte
	// Source is the annotation iothub-message-source; "" is SourceTelemetry.
	Source string
}

// Size is what counts against the limit of a message: body, system property
// values, and names and values of application properties, in bytes (protocol 9).
func (m *Message) Size() int {
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

// Origin is what the hub knows of the sender, and its devices can not forge.
type Origin struct {
	DeviceID string
	ModuleID string // only modules
	// AuthMethod is the JSON text of iothub-connection-auth-method.
	AuthMethod   string
	GenerationID string
	ModelID      string // dt-dataschema
}
