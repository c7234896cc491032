package core

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core/queue"
	"hubscope/hub/localhub/store"
)

// The rules of feedback (protocol 6.4).
const (
	feedbackBatch    = 64
	feedbackInterval = 15 * time.Second
	feedbackTime     = time.Hour
	feedbackQueue    = "feedback"
)

// FeedbackRecord tells what became of a cloud-to-device message
// (protocol 6.4).
type FeedbackRecord struct {
	OriginalMessageID string    `json:"mid"`
	Enqueued          time.Time `json:"t"` // of the outcome, enqueuedTimeUtc
	// StatusCode is Success, Expired, DeliveryCountExceeded, Rejected or Purged.
	StatusCode         string `json:"s"`
	DeviceID           string `json:"d"`
	ModuleID           string `json:"m,omitempty"` // only of modules
	DeviceGenerationID string `json:"g"`
}

func statusCode(why queue.Reason) string {
	switch why {
	case queue.Rejected:
		return "Rejected"
	case queue.Expired:
		return "Expired"
	case queue.TooManyDeliveries:
		return "DeliveryCountExceeded"
	case queue.Purged:
		return "Purged"
	}
	return "Success"
}

// FeedbackBatch is a locked batch of records: one message of the feedback
// endpoint.
type FeedbackBatch struct {
	LockToken     string // a GUID
	Sequence      uint64 // of the first record
	Enqueued      time.Time
	DeliveryCount int // of the first record
	Records       []FeedbackRecord
}

// pushFeedback queues a record. Part of an operation: a write.
func (h *Hub) pushFeedback(tx *bbolt.Tx, r FeedbackRecord) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = h.feedback.Push(tx, feedbackQueue, queue.Item{Enqueued: r.Enqueued, Expiry: r.Enqueued.Add(feedbackTime), Data: data})
	return err
}

// LockFeedback locks a batch for 60 s, of up to max records, when 64 are waiting
// or the last batch is 15 s old (protocol 6.4). Max is at most 64, which 0 stands
// for. False: there is none now; OnFeedback tells when to ask again.
func (h *Hub) LockFeedback(max int) (FeedbackBatch, bool, error) {
	if max <= 0 || max > feedbackBatch {
		max = feedbackBatch
	}
	due, err := h.feedbackDue()
	if err != nil || !due {
		return FeedbackBatch{}, false, err
	}
	items, token, err := h.feedback.Lock(feedbackQueue, max)
	if err != nil || len(items) == 0 {
		return FeedbackBatch{}, false, err
	}
	b := FeedbackBatch{LockToken: token, Sequence: items[0].Sequence, Enqueued: items[0].Enqueued, DeliveryCount: items[0].Deliveries}
	for i := range items {
		var r FeedbackRecord
		if err := json.Unmarshal(items[i].Data, &r); err != nil {
			return FeedbackBatch{}, false, errors.Join(store.ErrDamaged, err)
		}
		b.Records = append(b.Records, r)
	}
	return b, true, nil
}

// feedbackDue claims the next batch, or arranges that it is told of in time.
func (h *Hub) feedbackDue() (bool, error) {
	waiting, err := h.feedback.Free(feedbackQueue, feedbackBatch)
	if err != nil || waiting == 0 {
		return false, err
	}
	return h.pace.claim(h.o.Now(), waiting >= feedbackBatch, h.feedbackListeners.tell), nil
}

// SettleFeedback ends the lock: Complete and Reject remove the records, Abandon
// gives them back. Error: 412002 when the lock is lost.
func (h *Hub) SettleFeedback(ctx context.Context, lockToken string, o Outcome) error {
	return lockError(h.feedback.Settle(ctx, feedbackQueue, lockToken, o))
}

// OnFeedback calls fn whenever there may be a batch to lock, at once too, until
// stop is called. Fn must not block and must not call the hub.
func (h *Hub) OnFeedback(fn func()) (stop func()) { return h.feedbackListeners.add(fn) }
