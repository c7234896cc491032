package queue

import (
	"context"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

// Outcome is what a receiver says of what it has locked.
type Outcome uint8

// The outcomes.
const (
	Complete Outcome = iota // out of the queue
	Reject                  // out of the queue, as a dead letter
	Abandon                 // free again, and counted; dead after MaxDeliveries
	Release                 // free again, not counted
)

// Settle ends a lock, durably, but for Release. It returns early when ctx ends;
// the outcome still stands. Error: ErrLockLost.
func (s *Set) Settle(ctx context.Context, queue, token string, o Outcome) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sequences, err := s.beginSettle(queue, token)
	if err != nil {
		return err
	}
	if o == Release {
		s.endSettle(queue, token, o, nil)
		return nil
	}
	result := make(chan error, 1)
	s.db.Submit(
		func(tx *bbolt.Tx) error { return s.settle(tx, queue, sequences, o) },
		func(err error) {
			s.endSettle(queue, token, o, err)
			result <- err
		})
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *Set) beginSettle(queue, token string) ([]uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.queues[queue]
	if l == nil || l.groups[token] == nil || l.groups[token].settling {
		return nil, ErrLockLost
	}
	g := l.groups[token]
	g.settling = true
	return g.sequences, nil
}

// settle is the operation. Items that are gone were purged meanwhile.
func (s *Set) settle(tx *bbolt.Tx, queue string, sequences []uint64, o Outcome) error {
	b := s.buckets(tx)
	var items []Item
	for _, sequence := range sequences {
		value := b.items.Get(itemKey(queue, sequence))
		if value == nil {
			continue
		}
		item, err := unseal(sequence, value)
		if err != nil {
			return err
		}
		items = append(items, item)
	}
	if len(items) == 0 {
		return ErrLockLost
	}
	switch o {
	case Complete:
		return store.Abort(s.take(tx, queue, items, Completed))
	case Reject:
		return store.Abort(s.take(tx, queue, items, Rejected))
	}
	return store.Abort(s.abandon(tx, queue, items))
}

func (s *Set) abandon(tx *bbolt.Tx, queue string, items []Item) error {
	b := s.buckets(tx)
	for i := range items {
		item := &items[i]
		item.Deliveries++
		if item.Deliveries >= s.o.MaxDeliveries {
			if err := s.take(tx, queue, items[i:i+1], TooManyDeliveries); err != nil {
				return err
			}
			continue
		}
		if err := b.items.Put(itemKey(queue, item.Sequence), item.seal()); err != nil {
			return err
		}
	}
	return nil
}

// endSettle unlocks; what could not be stored is free again.
func (s *Set) endSettle(queue, token string, o Outcome, err error) {
	s.mu.Lock()
	s.unlock(queue, token)
	s.mu.Unlock()
	if err != nil || o == Abandon || o == Release {
		s.freed(queue)
	}
	if err == nil && o != Release {
		s.committed()
	}
}

// Purge removes all items of a queue, locked ones too, and tells how many. Check
// comes first, in the same operation; its error is returned.
func (s *Set) Purge(ctx context.Context, queue string, check func(*bbolt.Tx) error) (int, error) {
	n := 0
	result := make(chan error, 1)
	s.db.Submit(func(tx *bbolt.Tx) error {
		if err := check(tx); err != nil {
			return err
		}
		items, err := s.all(tx, queue)
		if err != nil {
			return err
		}
		n = len(items)
		return store.Abort(s.take(tx, queue, items, Purged))
	}, func(err error) {
		if err == nil {
			s.Forget(queue)
			s.committed()
		}
		result <- err
	})
	select {
	case err := <-result:
		return n, err
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}
