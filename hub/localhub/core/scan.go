package core

import (
	"bytes"
	"context"
	"strings"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

// scanRows is how many twins are visited in one read transaction: while one is
// open, the file can not grow in place.
const scanRows = 256

// Range is ids by their keys, not less than From and less than Until; an empty
// Until is no bound. The key of a device is its id, that of a module the id of its
// device, a zero byte and its own.
type Range struct{ From, Until string }

func (r Range) has(key []byte) bool {
	return key != nil && (r.Until == "" || string(key) < r.Until)
}

// ScanDevices visits the twins of devices in the order of their keys until visit
// tells that it has enough, or ctx ends. It sees each as it is at that moment, and
// keeps no writer waiting.
func (h *Hub) ScanDevices(ctx context.Context, in Range, visit func(*StoredTwin) (more bool)) error {
	return h.scanTwins(ctx, devicesBucket, in, visit)
}

// ScanModules is ScanDevices for the twins of modules.
func (h *Hub) ScanModules(ctx context.Context, in Range, visit func(*StoredTwin) (more bool)) error {
	return h.scanTwins(ctx, modulesBucket, in, visit)
}

// scanTwins goes through a registry, in many short transactions.
func (h *Hub) scanTwins(ctx context.Context, registry []byte, in Range, visit func(*StoredTwin) bool) error {
	for more := true; more; {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		err := h.db.View(func(tx *bbolt.Tx) (err error) {
			in.From, more, err = h.scanSome(tx, registry, in, visit)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// scanSome visits some twins, and tells where to go on. Registry and twins have
// the same order: their cursors walk side by side.
func (h *Hub) scanSome(tx *bbolt.Tx, registry []byte, in Range, visit func(*StoredTwin) bool) (next string, more bool, err error) {
	identities, twins := tx.Bucket(registry).Cursor(), tx.Bucket(twinsBucket).Cursor()
	key, value := identities.Seek([]byte(in.From))
	twinKey, twinValue := twins.Seek(key)
	for n := 0; in.has(key); n++ {
		if n == scanRows {
			return string(key), true, nil
		}
		for twinKey != nil && bytes.Compare(twinKey, key) < 0 {
			twinKey, twinValue = twins.Next()
		}
		if !bytes.Equal(twinKey, key) {
			twinValue = nil
		}
		device, module, _ := strings.Cut(string(key), "\x00")
		t := &StoredTwin{ID: ID{Device: device, Module: module}, hub: h, tx: tx, registered: value, stored: twinValue}
		more = visit(t)
		if t.err != nil || !more {
			return "", false, t.err
		}
		key, value = identities.Next()
	}
	return "", false, nil
}

// CutDevices gives the key that n devices of a range come before; "" when it has
// no more than n.
func (h *Hub) CutDevices(in Range, n int) (string, error) { return h.cut(devicesBucket, in, n) }

// CutModules is CutDevices for modules.
func (h *Hub) CutModules(in Range, n int) (string, error) { return h.cut(modulesBucket, in, n) }

func (h *Hub) cut(registry []byte, in Range, n int) (at string, err error) {
	err = h.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(registry).Cursor()
		key, _ := c.Seek([]byte(in.From))
		for ; n > 0 && key != nil; n-- {
			key, _ = c.Next()
		}
		if in.has(key) {
			at = string(key)
		}
		return nil
	})
	return at, err
}

// unsealText gives the JSON text of a sealed document.
func unsealText(value []byte) (string, error) {
	text, err := store.Unseal(value)
	return string(text), err
}
