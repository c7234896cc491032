package events

import "time"

// An Event is one device-to-cloud message, or another message of the hub on the same endpoint
// (twin change, device lifecycle, connection state), as it stands in a partition. protocol 7.8
//
// The maps and the body may be shared with other events: they are to be read, never changed.
type Event struct {
	// Partition is the id of the partition it was read from.
	Partition string
	// Sequence is its number in the partition, one more than that of the event before it.
	Sequence int64
	// Offset is its place in the partition: text to be handed back, not to be computed with.
	Offset string
	// Enqueued is when the event hub took it, by the hub's clock.
	Enqueued time.Time
	// Received is when this program got it.
	Received time.Time

	// DeviceID and ModuleID say whose connection it came in on; ModuleID is empty for a device.
	DeviceID string
	ModuleID string
	// MessageID and CorrelationID are the sender's; an id that is not text is written as text.
	MessageID     string
	CorrelationID string
	// ContentType and ContentEncoding are what the sender declared, such as "application/json" and "utf-8".
	ContentType     string
	ContentEncoding string
	// Source is the origin of the message: "Telemetry", "twinChangeEvents", "deviceLifecycleEvents",
	// "deviceConnectionStateEvents" and so on.
	Source string

	// Properties are the application properties with the types they have on the wire; nil when there are none.
	Properties map[string]any
	// System holds all message annotations but those that are fields above (x-opt-sequence-number,
	// x-opt-offset, x-opt-enqueued-time), and the standard properties that have no field here under
	// their AMQP names ("user-id", "to", "absolute-expiry-time" and so on).
	System map[string]any
	// Body is the payload as it was sent.
	Body []byte
}
