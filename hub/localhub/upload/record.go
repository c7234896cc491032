package upload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

// bucket holds the signing key and the uploads that were begun and not finished:
// device id, zero byte, correlation id -> record. No device id is empty or has a
// zero byte.
var (
	bucket   = []byte("uploads")
	keyOfKey = []byte("\x00key")
)

// record is an open upload.
type record struct {
	Blob    string    `json:"b"` // with the device id in front
	Expires time.Time `json:"x"`
}

func recordKey(deviceID, correlationID string) []byte {
	return []byte(deviceID + "\x00" + correlationID)
}

// put stores the record. Writer goroutine.
func (r record) put(tx *bbolt.Tx, key []byte) error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode an upload: %w", err)
	}
	return tx.Bucket(bucket).Put(key, store.Seal(text))
}

// readRecord gives found = false when there is none.
func readRecord(tx *bbolt.Tx, key []byte) (r record, found bool, err error) {
	value := tx.Bucket(bucket).Get(key)
	if value == nil {
		return r, false, nil
	}
	return r, true, r.read(value)
}

func (r *record) read(value []byte) error {
	text, err := store.Unseal(value)
	if err == nil {
		err = json.Unmarshal(text, r)
	}
	if err != nil {
		return fmt.Errorf("%w: an upload: %w", store.ErrDamaged, err)
	}
	return nil
}

// openUploads counts a device's uploads that have not ended, and lists the keys
// of those that have.
func openUploads(tx *bbolt.Tx, deviceID string, now time.Time) (open int, ended [][]byte, err error) {
	prefix := recordKey(deviceID, "")
	c := tx.Bucket(bucket).Cursor()
	for key, value := c.Seek(prefix); bytes.HasPrefix(key, prefix); key, value = c.Next() {
		var r record
		if err := r.read(value); err != nil {
			return 0, nil, err
		}
		if now.Before(r.Expires) {
			open++
			continue
		}
		ended = append(ended, bytes.Clone(key))
	}
	return open, ended, nil
}
