package eventlog

import (
	"bytes"
	"fmt"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

// chunkSize is about how much of the file one reader holds in memory.
const chunkSize = 256 << 10

// readChunk reads the next blocks from the file into r.chunk.
func (r *Reader) readChunk() error {
	return r.log.db.View(func(tx *bbolt.Tx) error {
		events, err := r.p.events(tx)
		if err != nil {
			return err
		}
		c := events.Cursor()
		key, value := seekBlock(c, r.next)
		next, size := r.next, 0
		expected, err := r.p.kept(tx, next)
		if err != nil {
			return err
		}
		for key != nil && size < chunkSize {
			if expected, err = follows(key, value, expected); err != nil {
				return err
			}
			if r.chunk, err = readBlock(key, value, next, r.chunk); err != nil {
				return err
			}
			size += len(value)
			key, value = c.Next()
		}
		if len(r.chunk) == 0 {
			// Retention took these events between the look at the tail and now.
			if key, _ := c.First(); key == nil {
				r.next = r.p.end()
			}
		}
		return nil
	})
}

// kept is the first sequence number from next on that retention has left.
func (p *partition) kept(tx *bbolt.Tx, next int64) (int64, error) {
	raw, err := store.Unseal(tx.Bucket(statesBucket).Get(p.key))
	if err != nil {
		return 0, fmt.Errorf("state of partition %d: %w", p.id, err)
	}
	var s state
	err = s.unmarshal(raw)
	return max(next, s.begin), err
}

// follows tells whether a block is the one that has the expected sequence
// number, and which one comes after it. A gap, or a key that was changed, would
// look like events that never were.
func follows(key, value []byte, expected int64) (int64, error) {
	head, err := readHead(key, value)
	if err != nil {
		return 0, err
	}
	if end := head.first + head.count; head.first <= expected && expected < end {
		return end, nil
	}
	return 0, fmt.Errorf("%w: events from sequence number %d on are missing", store.ErrDamaged, expected)
}

// seekBlock finds the block that holds sequence, or the first one after it.
func seekBlock(c *bbolt.Cursor, sequence int64) (key, value []byte) {
	target := sequenceKey(sequence)
	key, value = c.Seek(target)
	if bytes.Equal(key, target) {
		return key, value
	}
	if earlier, v := c.Prev(); earlier != nil {
		if head, err := readHead(earlier, v); err != nil || sequence < head.first+head.count {
			return earlier, v
		}
		return c.Next()
	}
	return c.Seek(target)
}
