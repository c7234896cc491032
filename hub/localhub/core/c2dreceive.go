package core

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"hubscope/hub/localhub/core/queue"
	"hubscope/hub/localhub/store"
)

// Delivery is a message that is locked for its device.
type Delivery struct {
	LockToken string // a GUID
	Sequence  uint64 // rises from message to message
	Enqueued  time.Time
	// DeliveryCount is how often the message was abandoned before.
	DeliveryCount int
	Message       C2DMessage
}

// Outcome is what a receiver says of a locked message.
type Outcome = queue.Outcome

// The outcomes (protocol 5.1).
const (
	Complete = queue.Complete // AMQP accepted, MQTT PUBACK
	Reject   = queue.Reject   // AMQP rejected: a dead letter
	Abandon  = queue.Abandon  // AMQP released and modified: back to the queue, dead after 10 times
	// Release is for a connection that ended before it could say: back to the
	// queue, not counted (protocol 4.3).
	Release = queue.Release
)

// OnC2D calls fn whenever there may be something to lock: at once, after a
// message was queued, abandoned, or its lock ran out. Nil stops. Fn must not
// block and must not call the hub.
func (s *Session) OnC2D(fn func()) {
	s.mu.Lock()
	s.c2d = fn
	s.mu.Unlock()
	if fn != nil {
		fn()
	}
}

// c2dReady tells the session of a queue.
func (h *Hub) c2dReady(name string) {
	device, module, _ := strings.Cut(name, "\x00")
	s := h.sessions.get(ID{Device: device, Module: module})
	if s == nil {
		return
	}
	s.mu.Lock()
	fn := s.c2d
	s.mu.Unlock()
	if fn != nil {
		fn()
	}
}

// LockC2D locks the oldest pending message of a queue for 60 s, after which it
// may be locked again (protocol 4.3). False: there is none.
func (h *Hub) LockC2D(id ID) (Delivery, bool, error) {
	return h.LockC2DFor(id, c2dLockTime)
}

// LockC2DFor is LockC2D with a lock time of its own, which devices may ask for over
// HTTPS.
func (h *Hub) LockC2DFor(id ID, lockTime time.Duration) (Delivery, bool, error) {
	items, token, err := h.c2d.LockFor(string(id.key()), 1, lockTime)
	if err != nil {
		return Delivery{}, false, NewError(CodeServerError, "The queue of '%s' could not be read: %s.", id, err)
	}
	if len(items) == 0 {
		return Delivery{}, false, nil
	}
	var stored storedC2D
	if err := json.Unmarshal(items[0].Data, &stored); err != nil {
		return Delivery{}, false, errors.Join(store.ErrDamaged, err)
	}
	return Delivery{
		LockToken: token, Sequence: items[0].Sequence, Enqueued: items[0].Enqueued,
		DeliveryCount: items[0].Deliveries, Message: stored.Message,
	}, true, nil
}

// SettleC2D ends the lock. Error: 412002 when it is lost.
func (h *Hub) SettleC2D(ctx context.Context, id ID, lockToken string, o Outcome) error {
	return lockError(h.c2d.Settle(ctx, string(id.key()), lockToken, o))
}

func lockError(err error) error {
	if errors.Is(err, queue.ErrLockLost) {
		return NewError(CodeLockLost, "The lock of the message is lost: it ran out, or the message is gone.")
	}
	return err
}
