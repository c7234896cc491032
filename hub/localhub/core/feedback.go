package core

import (
	"context"
	"time"
)

// FeedbackRecord tells what became of a cloud-to-device message
// (protocol 6.4).
type FeedbackRecord struct {
	OriginalMessageID string
	Enqueued          time.Time // of the outcome, enqueuedTimeUtc
	// StatusCode is Success, Expired, DeliveryCountExceeded, Rejected or Purged.
	StatusCode         string
	DeviceID           string
	ModuleID           string // only of modules
	DeviceGenerationID string
}

// FeedbackBatch is a locked batch of records: one message of the feedback
// endpoint.
type FeedbackBatch struct {
	LockToken     string // a GUID
	Sequence      uint64 // of the first record
	Enqueued      time.Time
	DeliveryCount int
	Records       []FeedbackRecord
}

// LockFeedback locks a batch for 60 s, of up to max records, when 64 are waiting
// or the last batch is 15 s old (protocol 6.4). Max is at most 64, which 0 stands
// for. False: there is none now.
func (h *Hub) LockFeedback(max int) (FeedbackBatch, bool, error) {
	return FeedbackBatch{}, false, notYet()
}

// SettleFeedback ends the lock: Complete and Reject remove the records, Abandon
// gives them back. Error: 412002 when the lock is lost.
func (h *Hub) SettleFeedback(ctx context.Context, lockToken string, o Outcome) error { return notYet() }

// OnFeedback calls fn whenever there may be a batch to lock, at once if so, until
// stop is called. Fn must not block and must not call the hub.
func (h *Hub) OnFeedback(fn func()) (stop func()) { return func() {} }
