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

const (
	fileQueue = "files"
	fileTime  = time.Hour // protocol 9
)

// FileNotification tells that a device has uploaded a file (protocol 6.5).
type FileNotification struct {
	DeviceID    string    `json:"d"`
	BlobURI     string    `json:"u"`
	BlobName    string    `json:"n"`
	LastUpdated time.Time `json:"t"`
	Size        int64     `json:"s"` // bytes
	Enqueued    time.Time `json:"e"` // set by AddFileNotification
}

// FileDelivery is a locked notification.
type FileDelivery struct {
	LockToken     string // a GUID
	Sequence      uint64
	Enqueued      time.Time
	DeliveryCount int
	Notification  FileNotification
}

// AddFileNotification queues a notification, durably. It dies after an hour.
func (h *Hub) AddFileNotification(ctx context.Context, n FileNotification) error {
	n.Enqueued = h.now()
	data, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return h.update(ctx, func(tx *bbolt.Tx) error {
		_, err := h.files.Push(tx, fileQueue, queue.Item{Enqueued: n.Enqueued, Expiry: n.Enqueued.Add(fileTime), Data: data})
		return store.Abort(err)
	}, func() {
		h.files.Pushed()
		h.fileListeners.tell()
	})
}

// LockFileNotification locks the oldest notification for 60 s. False: there is
// none.
func (h *Hub) LockFileNotification() (FileDelivery, bool, error) {
	items, token, err := h.files.Lock(fileQueue, 1)
	if err != nil || len(items) == 0 {
		return FileDelivery{}, false, err
	}
	d := FileDelivery{LockToken: token, Sequence: items[0].Sequence, Enqueued: items[0].Enqueued, DeliveryCount: items[0].Deliveries}
	if err := json.Unmarshal(items[0].Data, &d.Notification); err != nil {
		return FileDelivery{}, false, errors.Join(store.ErrDamaged, err)
	}
	return d, true, nil
}

// SettleFileNotification is SettleFeedback for a notification.
func (h *Hub) SettleFileNotification(ctx context.Context, lockToken string, o Outcome) error {
	return lockError(h.files.Settle(ctx, fileQueue, lockToken, o))
}

// OnFileNotification is OnFeedback for notifications.
func (h *Hub) OnFileNotification(fn func()) (stop func()) { return h.fileListeners.add(fn) }
