package queue

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

var (
	itemsBucket  = []byte("items")  // queue, separator, sequence -> item
	expiryBucket = []byte("expiry") // expiry, key of the item -> nothing
	// separator keeps the items of "a" apart from those of "a\x00b".
	separator = []byte{0, 0}
)

const (
	sequenceSize = 8
	headerSize   = 4 + 8 + 8 // deliveries, enqueued, expiry
)

func prefix(queue string) []byte { return append([]byte(queue), separator...) }

func itemKey(queue string, sequence uint64) []byte {
	return binary.BigEndian.AppendUint64(prefix(queue), sequence)
}

// splitKey is the inverse of itemKey.
func splitKey(key []byte) (queue string, sequence uint64, ok bool) {
	at := len(key) - sequenceSize - len(separator)
	if at <= 0 {
		return "", 0, false
	}
	return string(key[:at]), binary.BigEndian.Uint64(key[at+len(separator):]), true
}

func expiryKey(expiry time.Time, key []byte) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(expiry.UnixNano())), key...)
}

func (i *Item) seal() []byte {
	raw := make([]byte, 0, headerSize+len(i.Data))
	raw = binary.BigEndian.AppendUint32(raw, uint32(i.Deliveries))
	raw = binary.BigEndian.AppendUint64(raw, uint64(i.Enqueued.UnixNano()))
	raw = binary.BigEndian.AppendUint64(raw, uint64(i.Expiry.UnixNano()))
	return store.Seal(append(raw, i.Data...))
}

// unseal reads an item; its data is a copy.
func unseal(sequence uint64, value []byte) (Item, error) {
	raw, err := store.Unseal(value)
	if err != nil {
		return Item{}, err
	}
	if len(raw) < headerSize {
		return Item{}, fmt.Errorf("%w: a queued item is too short", store.ErrDamaged)
	}
	at := func(offset int) time.Time {
		return time.Unix(0, int64(binary.BigEndian.Uint64(raw[offset:]))).UTC()
	}
	return Item{
		Sequence: sequence, Deliveries: int(binary.BigEndian.Uint32(raw)),
		Enqueued: at(4), Expiry: at(12), Data: bytes.Clone(raw[headerSize:]),
	}, nil
}

// buckets of a set within one transaction.
type buckets struct{ items, expiry *bbolt.Bucket }

func (s *Set) buckets(tx *bbolt.Tx) buckets {
	top := tx.Bucket([]byte(s.o.Bucket))
	return buckets{top.Bucket(itemsBucket), top.Bucket(expiryBucket)}
}

func (b buckets) put(key []byte, item *Item) error {
	if err := b.expiry.Put(expiryKey(item.Expiry, key), nil); err != nil {
		return err
	}
	return b.items.Put(key, item.seal())
}

func (b buckets) remove(key []byte, item *Item) error {
	if err := b.expiry.Delete(expiryKey(item.Expiry, key)); err != nil {
		return err
	}
	return b.items.Delete(key)
}

// Push appends an item: its enqueued time, expiry and data. What it returns is
// its sequence. It is part of an operation of the store, of which it is a write;
// after the commit the caller calls Pushed.
func (s *Set) Push(tx *bbolt.Tx, queue string, item Item) (uint64, error) {
	b := s.buckets(tx)
	sequence, err := b.items.NextSequence()
	if err != nil {
		return 0, err
	}
	item.Sequence, item.Deliveries = sequence, 0
	return sequence, b.put(itemKey(queue, sequence), &item)
}

// Pushed lets the set know of the expiry of what was pushed and committed.
func (s *Set) Pushed() { s.look() }

// Count is the number of items in a queue, locked ones too.
func (s *Set) Count(tx *bbolt.Tx, queue string) int {
	n, c, p := 0, s.buckets(tx).items.Cursor(), prefix(queue)
	for key, _ := c.Seek(p); bytes.HasPrefix(key, p); key, _ = c.Next() {
		n++
	}
	return n
}

// all reads a whole queue.
func (s *Set) all(tx *bbolt.Tx, queue string) ([]Item, error) {
	var items []Item
	c, p := s.buckets(tx).items.Cursor(), prefix(queue)
	for key, value := c.Seek(p); bytes.HasPrefix(key, p); key, value = c.Next() {
		_, sequence, _ := splitKey(key)
		item, err := unseal(sequence, value)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

// take removes items of a queue and tells Gone. Part of an operation: a write.
func (s *Set) take(tx *bbolt.Tx, queue string, items []Item, why Reason) error {
	b := s.buckets(tx)
	for i := range items {
		if err := b.remove(itemKey(queue, items[i].Sequence), &items[i]); err != nil {
			return err
		}
		if err := s.gone(tx, queue, items[i], why); err != nil {
			return err
		}
	}
	return nil
}

// Drop removes a queue with no word to Gone, as part of an operation: a write.
// After the commit the caller calls Forget.
func (s *Set) Drop(tx *bbolt.Tx, queue string) error {
	items, err := s.all(tx, queue)
	if err != nil {
		return err
	}
	b := s.buckets(tx)
	for i := range items {
		if err := b.remove(itemKey(queue, items[i].Sequence), &items[i]); err != nil {
			return err
		}
	}
	return nil
}
