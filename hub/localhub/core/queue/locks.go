package queue

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// locks are those of one queue; guarded by the set's mu.
type locks struct {
	items  map[uint64]struct{} // sequences that are locked
	groups map[string]*group   // by token
}

// group is what one call of Lock has locked.
type group struct {
	sequences []uint64
	timer     *time.Timer
	// settling is set while the store works on the outcome: the lock can not run
	// out meanwhile.
	settling bool
}

// release stops what waits for the locks to run out.
func (l *locks) release() {
	for _, g := range l.groups {
		g.timer.Stop()
	}
}

// Lock locks up to max of the oldest items that are free, in order, under one
// token. None is no error. After LockTime they are free again.
func (s *Set) Lock(queue string, max int) (items []Item, token string, err error) {
	return s.LockFor(queue, max, s.o.LockTime)
}

// LockFor is Lock with a lock time of its own.
func (s *Set) LockFor(queue string, max int, lockTime time.Duration) (items []Item, token string, err error) {
	// The snapshot is made under the lock: whoever unlocks does it after the
	// commit that made the change, so what is unlocked and still seen is there.
	// The other way round, taking the lock within a snapshot, could wait for ever:
	// a commit that waits for the snapshot's end keeps new ones from beginning.
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, "", nil
	}
	now := s.o.Now()
	err = s.db.View(func(tx *bbolt.Tx) (err error) {
		items, err = s.free(tx, queue, now, max)
		return err
	})
	if err != nil || len(items) == 0 {
		return nil, "", err
	}
	return items, s.lock(queue, items, lockTime), nil
}

// free reads items that may be locked. Called with mu held.
func (s *Set) free(tx *bbolt.Tx, queue string, now time.Time, max int) ([]Item, error) {
	var items []Item
	c, p, l := s.buckets(tx).items.Cursor(), prefix(queue), s.queues[queue]
	for key, value := c.Seek(p); bytes.HasPrefix(key, p) && len(items) < max; key, value = c.Next() {
		_, sequence, _ := splitKey(key)
		if l.holds(sequence) {
			continue
		}
		item, err := unseal(sequence, value)
		if err != nil {
			return nil, err
		}
		if item.Expiry.After(now) { // others are the sweeper's
			items = append(items, item)
		}
	}
	return items, nil
}

func (l *locks) holds(sequence uint64) bool {
	if l == nil {
		return false
	}
	_, locked := l.items[sequence]
	return locked
}

// lock is called with mu held.
func (s *Set) lock(queue string, items []Item, lockTime time.Duration) string {
	l := s.queues[queue]
	if l == nil {
		l = &locks{items: make(map[uint64]struct{}), groups: make(map[string]*group)}
		s.queues[queue] = l
	}
	g, token := &group{}, NewToken()
	for i := range items {
		l.items[items[i].Sequence] = struct{}{}
		g.sequences = append(g.sequences, items[i].Sequence)
	}
	l.groups[token] = g
	g.timer = time.AfterFunc(lockTime, func() { s.runOut(queue, token) })
	return token
}

// Free counts the items that could be locked now.
func (s *Set) Free(queue string, max int) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, nil
	}
	n, now := 0, s.o.Now()
	err := s.db.View(func(tx *bbolt.Tx) error {
		items, err := s.free(tx, queue, now, max)
		n = len(items)
		return err
	})
	return n, err
}

// runOut frees what was not settled in time.
func (s *Set) runOut(queue, token string) {
	s.mu.Lock()
	l := s.queues[queue]
	if l == nil || l.groups[token] == nil || l.groups[token].settling {
		s.mu.Unlock()
		return
	}
	s.unlock(queue, token)
	s.mu.Unlock()
	s.freed(queue)
}

// freed tells of items that are free again, and may have expired meanwhile.
func (s *Set) freed(queue string) {
	s.look()
	s.ready(queue)
}

// unlock is called with mu held.
func (s *Set) unlock(queue, token string) {
	l := s.queues[queue]
	if l == nil || l.groups[token] == nil {
		return
	}
	g := l.groups[token]
	g.timer.Stop()
	for _, sequence := range g.sequences {
		delete(l.items, sequence)
	}
	delete(l.groups, token)
	if len(l.groups) == 0 {
		delete(s.queues, queue)
	}
}

// Forget ends all locks of a queue that was dropped.
func (s *Set) Forget(queue string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.queues[queue]; l != nil {
		l.release()
		delete(s.queues, queue)
	}
}

// NewToken makes a random GUID.
func NewToken() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
