package core

import (
	"context"
	"time"
)

// Ack says which outcomes of a cloud-to-device message give a feedback record.
type Ack string

// The values of iothub-ack (protocol 6.3). ParseAck reads them in any case.
const (
	AckNone     Ack = "none"
	AckPositive Ack = "positive" // completed
	AckNegative Ack = "negative" // expired, rejected, purged, delivered too often
	AckFull     Ack = "full"     // both
)

// C2DMessage is a cloud-to-device message. Empty fields are absent.
type C2DMessage struct {
	MessageID       string // a new one is made when empty
	CorrelationID   string
	UserID          []byte
	To              string    // "" is filled in: /devices/{id}/messages/devicebound
	Expiry          time.Time // zero is 1 h from now
	Ack             Ack       // "" is AckNone
	ContentType     string
	ContentEncoding string
	// Properties are the application properties, without iothub-ack.
	Properties []Property
	Body       []byte
}

// Delivery is a message that is locked for its device.
type Delivery struct {
	LockToken string // a GUID
	Sequence  uint64 // per device, +1 each
	Enqueued  time.Time
	// DeliveryCount is how often the message was abandoned before.
	DeliveryCount int
	Message       C2DMessage
}

// Outcome is what a receiver says of a locked message.
type Outcome uint8

// The outcomes (protocol 5.1).
const (
	Complete Outcome = iota // AMQP accepted, MQTT PUBACK
	Reject                  // AMQP rejected: a dead letter
	Abandon                 // AMQP released and modified: back to the queue
)

// SendC2D queues a message for a device or module, durably. Errors: 403004 (50
// are pending), 403009 (expiry in the past), 404001, 404010, 413001 (more than
// 64 KB), 400004.
func (h *Hub) SendC2D(ctx context.Context, id ID, m C2DMessage) error { return notYet() }

// OnC2D calls fn whenever there may be something to lock: at once if so, after a
// message was queued, abandoned, or its lock ran out. Nil stops. Fn must not
// block and must not call the hub.
func (s *Session) OnC2D(fn func()) {}

// LockC2D locks the oldest pending message of a queue for 60 s, after which it
// may be locked again (protocol 4.3). False: there is none.
func (h *Hub) LockC2D(id ID) (Delivery, bool, error) { return Delivery{}, false, notYet() }

// SettleC2D ends the lock. Error: 412002 when it is lost.
func (h *Hub) SettleC2D(ctx context.Context, id ID, lockToken string, o Outcome) error {
	return notYet()
}

// PurgeC2D removes all pending messages and tells how many. Errors: 404001,
// 404010 (protocol 2.4).
func (h *Hub) PurgeC2D(ctx context.Context, id ID) (int, error) { return 0, notYet() }
