package adm

import (
	"bytes"
	"context"
	"encoding/binary"
	"maps"
	"slices"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/query"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

// putPending notes that the twins that a configuration concerns, or did so far,
// are to be marked. Writer goroutine.
func (s *Service) putPending(tx *bbolt.Tx, id string) error {
	b := tx.Bucket(pendingBucket)
	n, err := b.NextSequence()
	if err != nil {
		return err
	}
	s.soon() // it reads by way of the writer, behind this
	return b.Put([]byte(id), binary.BigEndian.AppendUint64(nil, n))
}

// pending gives what is to be marked for, with the numbers of the notes.
func (s *Service) pending(ctx context.Context) (map[string][]byte, error) {
	ids := map[string][]byte{}
	// By way of the writer: what was noted when the worker was woken is seen.
	err := s.db.Update(ctx, func(tx *bbolt.Tx) error {
		return tx.Bucket(pendingBucket).ForEach(func(id, n []byte) error {
			ids[string(id)] = bytes.Clone(n)
			return nil
		})
	})
	return ids, err
}

// markPending marks the twins that changed configurations concern. A note is
// removed when all its twins are marked, unless there is a newer one.
func (s *Service) markPending(ctx context.Context) (worked bool, err error) {
	notes, err := s.pending(ctx)
	for _, id := range slices.Sorted(maps.Keys(notes)) {
		if err := s.markFor(ctx, id); err != nil {
			return true, err
		}
		err := s.db.Update(ctx, func(tx *bbolt.Tx) error {
			b := tx.Bucket(pendingBucket)
			if !bytes.Equal(b.Get([]byte(id)), notes[id]) {
				return nil
			}
			return store.Abort(b.Delete([]byte(id)))
		})
		if err != nil {
			return true, err
		}
	}
	return len(notes) > 0, err
}

// markFor marks the twins that a configuration picks, and those that say that it
// has picked them.
func (s *Service) markFor(ctx context.Context, id string) error {
	said := "is_defined(configurations.[[" + id + "]])"
	texts := []string{said, "FROM devices.modules WHERE " + said}
	var c *wire.Configuration
	err := s.db.View(func(tx *bbolt.Tx) (err error) {
		c, err = readOne(tx.Bucket(bucket), id)
		return err
	})
	if err != nil {
		return err
	}
	if c != nil && c.TargetCondition != "" {
		texts = append(texts, c.TargetCondition)
	}
	for _, text := range texts {
		condition, err := selection.Parse(text)
		if err != nil { // it was understood when it was made
			s.o.Logger.Warn("a target condition is not understood", "configuration", id, "error", err)
			continue
		}
		if err := s.markAll(ctx, condition); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) markAll(ctx context.Context, condition *query.Condition) error {
	for ids, err := range s.o.Language.IDs(ctx, condition) {
		if err != nil {
			return err
		}
		for part := range slices.Chunk(ids, markBatch) {
			if err := s.o.Hub.Mark(ctx, part); err != nil {
				return err
			}
		}
	}
	return nil
}

// markBatch is how many marks are one operation of the writer, which others wait
// for.
const markBatch = 256
