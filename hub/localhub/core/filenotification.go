package core

import (
	"context"
	"time"
)

// FileNotification tells that a device has uploaded a file (protocol 6.5).
type FileNotification struct {
	DeviceID, BlobURI, BlobName string
	LastUpdated                 time.Time
	Size                        int64     // bytes
	Enqueued                    time.Time // set by AddFileNotification
}

// FileDelivery is a locked notification.
type FileDelivery struct {
	LockToken     string // a GUID
	Sequence      uint64
	Enqueued      time.Time
	DeliveryCount int
	Notification  FileNotification
}

// AddFileNotification queues a notification, durably.
func (h *Hub) AddFileNotification(ctx context.Context, n FileNotification) error { return notYet() }

// LockFileNotification locks the oldest notification for 60 s. False: there is
// none.
func (h *Hub) LockFileNotification() (FileDelivery, bool, error) {
	return FileDelivery{}, false, notYet()
}

// SettleFileNotification is SettleFeedback for a notification.
func (h *Hub) SettleFileNotification(ctx context.Context, lockToken string, o Outcome) error {
	return notYet()
}

// OnFileNotification is OnFeedback for notifications.
func (h *Hub) OnFileNotification(fn func()) (stop func()) { return func() {} }
