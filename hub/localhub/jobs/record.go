package jobs

import (
	"bytes"
	"context"
	"strings"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

var (
	jobsBucket  = []byte("jobs")       // job id -> record
	itemsBucket = []byte("jobs.items") // job id, zero byte, device id, zero byte, module id -> item
)

// record is a job as it is stored. Its statistics lack what is pending, which is
// what is left.
type record struct {
	Job wire.Job `json:"j"`
	// Open says that there is something left to do, be it only to mark the devices
	// of a job that was cancelled.
	Open bool `json:"o,omitempty"`
	// Listed says that the items are all there.
	Listed   bool      `json:"l,omitempty"`
	Began    wire.Time `json:"b,omitzero"`
	Canceled int64     `json:"c,omitempty"` // devices
}

// item is a job on one device.
type item struct {
	Status  string               `json:"s"`
	Created wire.Time            `json:"c"`
	Began   *wire.Time           `json:"b,omitempty"`
	Ended   *wire.Time           `json:"e,omitempty"`
	Method  *wire.MethodResponse `json:"m,omitempty"`
	Error   *wire.DeviceJobError `json:"x,omitempty"`
}

func itemKey(job string, id core.ID) []byte {
	return []byte(job + "\x00" + id.Device + "\x00" + id.Module)
}

func parseItemKey(key []byte) (job string, id core.ID) {
	parts := strings.SplitN(string(key), "\x00", 3)
	return parts[0], core.ID{Device: parts[1], Module: parts[2]}
}

// open tells whether something is left to do on the device.
func (i *item) open() bool {
	return i.Status == wire.DeviceJobPending || i.Status == wire.JobRunning
}

// count adds n to the number that the item's status belongs to.
func (r *record) count(status string, n int64) {
	switch s := r.Job.DeviceJobStatistics; status {
	case wire.JobRunning:
		s.RunningCount += n
	case wire.JobCompleted:
		s.SucceededCount += n
	case wire.JobFailed:
		s.FailedCount += n
	case wire.DeviceJobCanceled:
		r.Canceled += n
	}
}

// view is the document that clients get.
func (r *record) view() wire.Job {
	j := r.Job
	statistics := *j.DeviceJobStatistics
	statistics.PendingCount = statistics.DeviceCount - statistics.FailedCount - statistics.SucceededCount - statistics.RunningCount - r.Canceled
	j.DeviceJobStatistics = &statistics
	return j
}

func (s *Service) read(id string) (r record, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error { r, err = readRecord(tx, id); return err })
	return r, err
}

func readRecord(tx *bbolt.Tx, id string) (record, error) {
	var r record
	if id == "" { // a key that bbolt does not take
		return r, notFound(id)
	}
	value := tx.Bucket(jobsBucket).Get([]byte(id))
	if value == nil {
		return r, notFound(id)
	}
	return r, unseal(value, &r)
}

// change writes what fn makes of a job. Fn must not fail after a write.
func (s *Service) change(ctx context.Context, id string, fn func(tx *bbolt.Tx, r *record) error) (r record, err error) {
	err = s.db.Update(ctx, func(tx *bbolt.Tx) error {
		if r, err = readRecord(tx, id); err != nil {
			return err
		}
		if err := fn(tx, &r); err != nil {
			return err
		}
		return store.Abort(put(tx.Bucket(jobsBucket), []byte(id), r))
	})
	return r, err
}

// openItems gives up to n devices of a job that have something left to do, after
// a key.
func (s *Service) openItems(job string, after []byte, n int) (keys [][]byte, err error) {
	return s.items(job, after, n, (*item).open)
}

// items lists those of a job that are wanted: n at most, behind a key.
func (s *Service) items(job string, after []byte, n int, wanted func(*item) bool) (keys [][]byte, err error) {
	prefix := []byte(job + "\x00")
	err = s.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(itemsBucket).Cursor()
		from := prefix
		if after != nil {
			from = append(bytes.Clone(after), 0) // the least key that comes after it
		}
		for key, value := c.Seek(from); bytes.HasPrefix(key, prefix) && len(keys) < n; key, value = c.Next() {
			var i item
			if err := unseal(value, &i); err != nil {
				return err
			}
			if wanted(&i) {
				keys = append(keys, bytes.Clone(key))
			}
		}
		return nil
	})
	return keys, err
}
