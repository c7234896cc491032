package core

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core/queue"
	"hubscope/hub/localhub/store"
)

// The rules of cloud-to-device messages (protocol 4.3, 9).
const (
	MaxC2DSize     = 64 << 10 // bytes, counted as in MaxMessageSize
	maxQueueDepth  = 50
	c2dLockTime    = 60 * time.Second
	maxDeliveries  = 10
	defaultC2DTime = time.Hour
	maxC2DTime     = 48 * time.Hour
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

// ParseAck reads iothub-ack in any case; empty is AckNone. The error is 400004.
func ParseAck(text string) (Ack, error) {
	switch a := Ack(strings.ToLower(text)); a {
	case "":
		return AckNone, nil
	case AckNone, AckPositive, AckNegative, AckFull:
		return a, nil
	}
	return "", NewError(CodeArgumentInvalid, "The acknowledgement '%s' is not none, positive, negative or full.", text)
}

// C2DMessage is a cloud-to-device message. Empty fields are absent.
type C2DMessage struct {
	MessageID     string `json:"mid,omitempty"` // a GUID is made when empty
	CorrelationID string `json:"cid,omitempty"`
	UserID        []byte `json:"uid,omitempty"`
	// To is filled in when empty: /devices/{id}/messages/devicebound.
	To string `json:"to,omitempty"`
	// Expiry; zero is 1 h from now. It is at most 2 days ahead.
	Expiry          time.Time `json:"exp,omitzero"`
	Ack             Ack       `json:"ack,omitempty"` // "" is AckNone
	ContentType     string    `json:"ct,omitempty"`
	ContentEncoding string    `json:"ce,omitempty"`
	// Properties are the application properties, without iothub-ack.
	Properties []Property `json:"p,omitempty"`
	Body       []byte     `json:"b,omitempty"`
}

// Size is what counts against MaxC2DSize.
func (m *C2DMessage) Size() int {
	n := len(m.Body) + len(m.UserID)
	for _, v := range [...]string{m.MessageID, m.CorrelationID, m.To, m.ContentType, m.ContentEncoding} {
		n += len(v)
	}
	for _, p := range m.Properties {
		n += len(p.Name) + len(p.Value)
	}
	return n
}

// storedC2D is a message in its queue.
type storedC2D struct {
	ID         ID         `json:"id"`
	Generation string     `json:"g"`
	Message    C2DMessage `json:"m"`
}

// SendC2D queues a message for a device or module, durably. Errors: 403004 (50
// are pending), 403009 (expiry in the past, or more than 2 days ahead), 404001, 404010, 413001 (more than
// 64 KB), 400004.
func (h *Hub) SendC2D(ctx context.Context, id ID, m C2DMessage) error {
	now := h.now()
	if err := prepareC2D(id, &m, now); err != nil {
		return err
	}
	return h.update(ctx, func(tx *bbolt.Tx) error {
		i, err := readIdentity(tx, id)
		if err != nil {
			return err
		}
		name := string(id.key())
		if n := h.c2d.Count(tx, name); n >= maxQueueDepth {
			return NewError(CodeQueueFull, "%d messages are pending for '%s', it can have no more.", n, id)
		}
		data, err := json.Marshal(storedC2D{id, i.Generation, m})
		if err != nil {
			return err
		}
		_, err = h.c2d.Push(tx, name, queue.Item{Enqueued: now, Expiry: c2dExpiry(m.Expiry, now), Data: data})
		return store.Abort(err)
	}, func() {
		h.c2d.Pushed()
		h.c2dReady(string(id.key()))
	})
}

// prepareC2D fills in what is absent and tells what is wrong.
func prepareC2D(id ID, m *C2DMessage, now time.Time) error {
	ack, err := ParseAck(string(m.Ack))
	if err != nil {
		return err
	}
	m.Ack = ack
	if !m.Expiry.IsZero() && !m.Expiry.After(now) {
		return NewError(CodeInvalidExpiry, "The message has expired already: its expiry is %s.", m.Expiry.UTC().Format(time.RFC3339))
	}
	if last := now.Add(maxC2DTime); m.Expiry.After(last) {
		return NewError(CodeInvalidExpiry, "The message expires at %s: that is more than 2 days ahead.", m.Expiry.UTC().Format(time.RFC3339))
	}
	if m.MessageID == "" {
		m.MessageID = queue.NewToken()
	}
	if m.To == "" {
		m.To = "/" + id.Path() + "/messages/devicebound"
	}
	if size := m.Size(); size > MaxC2DSize {
		return NewError(CodeMessageTooLarge, "The message has %d bytes, the limit is %d.", size, MaxC2DSize)
	}
	return nil
}

// c2dExpiry is when a message leaves its queue.
func c2dExpiry(wanted, now time.Time) time.Time {
	if wanted.IsZero() {
		return now.Add(defaultC2DTime)
	}
	return wanted
}

// PurgeC2D removes all pending messages and tells how many. Errors: 404001,
// 404010 (protocol 2.4).
func (h *Hub) PurgeC2D(ctx context.Context, id ID) (int, error) {
	return h.c2d.Purge(ctx, string(id.key()), func(tx *bbolt.Tx) error {
		_, err := readIdentity(tx, id)
		return err
	})
}

// c2dGone gives a feedback record for a message that asked for one. Writer
// goroutine.
func (h *Hub) c2dGone(tx *bbolt.Tx, _ string, item queue.Item, why queue.Reason) error {
	var m storedC2D
	if err := json.Unmarshal(item.Data, &m); err != nil {
		return errors.Join(store.ErrDamaged, err)
	}
	wanted := m.Message.Ack == AckFull ||
		m.Message.Ack == AckPositive && why == queue.Completed ||
		m.Message.Ack == AckNegative && why != queue.Completed
	if !wanted {
		return nil
	}
	return h.pushFeedback(tx, FeedbackRecord{
		OriginalMessageID: m.Message.MessageID, Enqueued: h.now(), StatusCode: statusCode(why),
		DeviceID: m.ID.Device, ModuleID: m.ID.Module, DeviceGenerationID: m.Generation,
	})
}
