package core

import (
	"context"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

// marksBucket holds the ID.key of each twin that configurations have to look at
// (protocol 2.9). It is made with its first mark.
var marksBucket = []byte("marks")

// MarkTwins says whether twins are marked, from the next write to the store on,
// when they or their identities are written, each in the commit that writes it.
// With no configurations nobody has to pay for that. Marks outlive the process,
// this setting does not.
func (h *Hub) MarkTwins(on bool) { h.marking.Store(on) }

// OnMarked has fn called when there are new marks. It may be called before they
// can be read, though not before [Hub.Reconcile] would find them, and must not
// block.
func (h *Hub) OnMarked(fn func()) { h.onMarked.Store(&fn) }

// Mark marks twins, of any id. It returns when that is durable.
func (h *Hub) Mark(ctx context.Context, ids []ID) error {
	return h.db.Update(ctx, func(tx *bbolt.Tx) error {
		for _, id := range ids {
			if err := putMark(tx, id); err != nil {
				return store.Abort(err)
			}
		}
		h.tellMarked()
		return nil
	})
}

// mark is part of every write to a twin or its identity. Writer goroutine.
func (h *Hub) mark(tx *bbolt.Tx, id ID) error {
	if !h.marking.Load() {
		return nil
	}
	h.tellMarked()
	return putMark(tx, id)
}

func (h *Hub) tellMarked() {
	if fn := h.onMarked.Load(); fn != nil {
		(*fn)()
	}
}

func putMark(tx *bbolt.Tx, id ID) error {
	b, err := tx.CreateBucketIfNotExists(marksBucket)
	if err != nil {
		return err
	}
	return b.Put(id.key(), nil)
}

// takeMarks removes up to n marks from a key on, and tells whether there are more
// behind them. Writer goroutine.
func takeMarks(tx *bbolt.Tx, from string, n int) (keys []string, more bool, err error) {
	b := tx.Bucket(marksBucket)
	if b == nil {
		return nil, false, nil
	}
	c := b.Cursor()
	for key, _ := c.Seek([]byte(from)); key != nil; key, _ = c.Next() {
		if len(keys) == n {
			more = true
			break
		}
		keys = append(keys, string(key))
	}
	for _, key := range keys {
		if err := b.Delete([]byte(key)); err != nil {
			return nil, false, err
		}
	}
	return keys, more, nil
}
