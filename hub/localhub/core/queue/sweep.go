package queue

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

const (
	maxSweep = 256 // items a transaction
	// retrySweep is when to try again after the store has failed.
	retrySweep = 10 * time.Second
	never      = 1 << 62 * time.Nanosecond
)

// sweep takes out items when their time has come. It ends when the set is
// closed.
func (s *Set) sweep() {
	defer close(s.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-s.wake:
		case <-s.stop:
			return
		}
		timer.Reset(s.sweepDue())
	}
}

// sweepDue takes out what is due and tells when to come again.
func (s *Set) sweepDue() time.Duration {
	for {
		due, next, err := s.due()
		if err == nil && len(due) == 0 {
			return next
		}
		if err == nil {
			err = s.expire(due)
		}
		if errors.Is(err, store.ErrClosed) {
			return never
		}
		if err != nil {
			s.o.Logger.Warn("take expired items out of a queue", "queues", s.o.Bucket, "error", err)
			return retrySweep
		}
	}
}

// due reads the keys of items that have expired and are not locked, and how long
// it is until the next one expires. An item that is locked expires when it is
// free again.
func (s *Set) due() (keys [][]byte, next time.Duration, err error) {
	// What is due now can not be locked after this: Lock leaves it out. The set's
	// lock is not taken within a transaction, see Lock.
	now, next := s.o.Now(), never
	locked := s.locked()
	err = s.db.View(func(tx *bbolt.Tx) error {
		c := s.buckets(tx).expiry.Cursor()
		for key, _ := c.First(); key != nil && len(keys) < maxSweep; key, _ = c.Next() {
			expiry := time.Unix(0, int64(binary.BigEndian.Uint64(key)))
			if expiry.After(now) {
				next = expiry.Sub(now)
				return nil
			}
			_, sequence, ok := splitKey(key[8:])
			if _, held := locked[sequence]; ok && !held {
				keys = append(keys, bytes.Clone(key[8:]))
			}
		}
		return nil
	})
	return keys, next, err
}

// locked are the sequences of all items that are locked.
func (s *Set) locked() map[uint64]struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[uint64]struct{})
	for _, l := range s.queues {
		maps.Copy(all, l.items)
	}
	return all
}

// expire takes out items in one transaction. Nobody locks them any more: they
// have expired.
func (s *Set) expire(keys [][]byte) error {
	result := make(chan error, 1)
	s.db.Submit(func(tx *bbolt.Tx) error {
		for _, key := range keys {
			if err := s.expireItem(tx, key); err != nil {
				return store.Abort(err)
			}
		}
		return nil
	}, func(err error) { result <- err })
	err := <-result
	if err == nil {
		s.committed()
	}
	return err
}

func (s *Set) expireItem(tx *bbolt.Tx, key []byte) error {
	queue, sequence, _ := splitKey(key)
	value := s.buckets(tx).items.Get(key)
	if value == nil {
		return nil // settled or purged meanwhile
	}
	item, err := unseal(sequence, value)
	if err != nil {
		return err
	}
	return s.take(tx, queue, []Item{item}, Expired)
}
