package core

import (
	"bytes"
	"context"
	"errors"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

// storedSessionsBucket holds what devices with a stored MQTT session have subscribed to, by
// ID.String(). It is made with its first record.
var storedSessionsBucket = []byte("sessions")

// Subscription is a topic filter with the quality of service that was granted.
type Subscription struct {
	Filter string `json:"f"`
	QoS    byte   `json:"q"`
}

// storedSession is the stored session of an identity. It ends with its identity: another one of the same
// name has another generation.
type storedSession struct {
	Generation    string         `json:"g"`
	Subscriptions []Subscription `json:"s,omitempty"`
}

// StoredSession tells what an identity subscribed to in a session that outlives its connections (clean
// session 0), and whether it has one (protocol 4.1, 4.3).
func (h *Hub) StoredSession(id ID) (subscriptions []Subscription, found bool, err error) {
	err = h.db.View(func(tx *bbolt.Tx) error {
		i, err := readIdentity(tx, id)
		if err != nil {
			return err
		}
		var s storedSession
		if s, found, err = readStoredSession(tx, id); err != nil || !found {
			return err
		}
		subscriptions, found = s.Subscriptions, s.Generation == i.Generation
		return nil
	})
	if !found {
		return nil, false, err
	}
	return subscriptions, true, err
}

func readStoredSession(tx *bbolt.Tx, id ID) (s storedSession, found bool, err error) {
	bucket := tx.Bucket(storedSessionsBucket)
	if bucket == nil {
		return s, false, nil
	}
	value := bucket.Get([]byte(id.String()))
	if value == nil {
		return s, false, nil
	}
	return s, true, unsealJSON(value, &s)
}

// StoreSession keeps the subscriptions of an identity for connections to come. It returns when they are
// durable. Errors: 404001, 404010.
func (h *Hub) StoreSession(ctx context.Context, id ID, subscriptions []Subscription) error {
	return h.db.Update(ctx, func(tx *bbolt.Tx) error {
		i, err := readIdentity(tx, id)
		if err != nil {
			return err
		}
		bucket, err := tx.CreateBucketIfNotExists(storedSessionsBucket)
		if err != nil {
			return store.Abort(err)
		}
		return store.Abort(putJSON(bucket, []byte(id.String()), storedSession{i.Generation, subscriptions}))
	})
}

// ForgetSession ends the stored session of an identity, if it has one. It returns when that is durable.
func (h *Hub) ForgetSession(ctx context.Context, id ID) error {
	return h.db.Update(ctx, func(tx *bbolt.Tx) error { return store.Abort(forgetStoredSession(tx, id)) })
}

// forgetStoredSession removes the stored session of one identity. Writer goroutine.
func forgetStoredSession(tx *bbolt.Tx, id ID) error {
	bucket := tx.Bucket(storedSessionsBucket)
	if bucket == nil {
		return nil
	}
	return bucket.Delete([]byte(id.String()))
}

// forgetSessions removes the stored sessions of a device and its modules. Writer goroutine.
func forgetSessions(tx *bbolt.Tx, device string) error {
	bucket := tx.Bucket(storedSessionsBucket)
	if bucket == nil {
		return nil
	}
	errs := []error{bucket.Delete([]byte(device))}
	modules := []byte(device + "/")
	c := bucket.Cursor()
	for key, _ := c.Seek(modules); bytes.HasPrefix(key, modules); key, _ = c.Seek(modules) {
		errs = append(errs, bucket.Delete(key))
	}
	return errors.Join(errs...)
}
