package core

import (
	"encoding/json"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

// The buckets of the state file. Values are sealed (store.Seal); documents are
// JSON.
var (
	hubBucket      = []byte("hub")      // settings and counts
	policiesBucket = []byte("policies") // name -> storedPolicy
	devicesBucket  = []byte("devices")  // device id -> identity
	modulesBucket  = []byte("modules")  // ID.key -> identity
	twinsBucket    = []byte("twins")    // ID.key -> twin
	activityBucket = []byte("activity") // ID.key -> activity
)

var (
	keySettings = []byte("settings")
	keyCounts   = []byte("counts")
)

// settings are decided when a hub is made.
type settings struct {
	Partitions int `json:"partitions"`
	Format     int `json:"format"` // see stateFormat
}

// makeState writes what a new hub starts with.
func makeState(tx *bbolt.Tx, s settings) error {
	for _, name := range [][]byte{hubBucket, devicesBucket, twinsBucket, activityBucket} {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	s.Format = stateFormat
	if err := errors.Join(makeFormat2(tx), putJSON(tx.Bucket(hubBucket), keySettings, s)); err != nil {
		return err
	}
	if err := putJSON(tx.Bucket(hubBucket), keyCounts, counts{}); err != nil {
		return err
	}
	// Etags start somewhere, so that one of an older state is not taken for one
	// of this.
	if err := tx.Bucket(devicesBucket).SetSequence(firstETag()); err != nil {
		return err
	}
	return makePolicies(tx)
}

func putJSON(bucket *bbolt.Bucket, key []byte, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s: %w", key, err)
	}
	return bucket.Put(key, store.Seal(text))
}

// unsealJSON reads a stored document. A missing one is damage: who may find
// none asks before.
func unsealJSON(value []byte, v any) error {
	if value == nil {
		return fmt.Errorf("%w: a record is missing", store.ErrDamaged)
	}
	text, err := store.Unseal(value)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("%w: %w", store.ErrDamaged, err)
	}
	return nil
}
