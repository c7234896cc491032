package eventlog

import (
	"bytes"

	"go.etcd.io/bbolt"
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
		for key != nil && size < chunkSize {
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
