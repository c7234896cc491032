package core

import (
	"errors"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core/queue"
)

// The buckets of the queues.
const (
	c2dBucket      = "c2d"
	feedbackBucket = "feedback"
	filesBucket    = "filenotifications"
)

func makeQueues(tx *bbolt.Tx) error {
	return errors.Join(queue.Make(tx, c2dBucket), queue.Make(tx, feedbackBucket), queue.Make(tx, filesBucket))
}

// openQueues starts the queues. Those of feedback first: others fill it.
func (h *Hub) openQueues() {
	options := queue.Options{LockTime: c2dLockTime, MaxDeliveries: maxDeliveries, Now: h.o.Now, Logger: h.o.Logger}

	o := options
	o.Bucket = feedbackBucket
	o.Ready = func(string) { h.feedbackListeners.tell() }
	h.feedback = queue.Open(h.db, o)

	o = options
	o.Bucket = filesBucket
	o.Ready = func(string) { h.fileListeners.tell() }
	h.files = queue.Open(h.db, o)

	o = options
	o.Bucket, o.Gone, o.Ready = c2dBucket, h.c2dGone, h.c2dReady
	o.Committed = func() {
		h.feedback.Pushed()
		h.feedbackListeners.tell()
	}
	h.c2d = queue.Open(h.db, o)
}

func (h *Hub) closeQueues() {
	h.pace.close()
	h.c2d.Close()
	h.files.Close()
	h.feedback.Close()
}
