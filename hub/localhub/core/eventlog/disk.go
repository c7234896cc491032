package eventlog

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

var (
	statesBucket = []byte("partitions")
	eventsBucket = []byte("events")
)

func bucketName(partition int) []byte { return []byte(strconv.Itoa(partition)) }

func sequenceKey(sequence int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(sequence)) }

// loadStates reads the state of each partition, and makes the buckets of a new
// log.
func loadStates(db *store.DB, partitions int) ([]state, error) {
	states := make([]state, partitions)
	missing := false
	err := db.View(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(statesBucket)
		if missing = bucket == nil; missing {
			return nil
		}
		for i := range states {
			raw, err := store.Unseal(bucket.Get(bucketName(i)))
			if err == nil {
				err = states[i].unmarshal(raw)
			}
			if err != nil {
				return fmt.Errorf("state of partition %d: %w", i, err)
			}
		}
		return nil
	})
	if err == nil && missing {
		err = db.Update(context.Background(), func(tx *bbolt.Tx) error { return store.Abort(makeBuckets(tx, partitions)) })
	}
	return states, err
}

func makeBuckets(tx *bbolt.Tx, partitions int) error {
	states, err := tx.CreateBucketIfNotExists(statesBucket)
	if err != nil {
		return err
	}
	events, err := tx.CreateBucketIfNotExists(eventsBucket)
	if err != nil {
		return err
	}
	for i := range partitions {
		if err := states.Put(bucketName(i), store.Seal(new(state).marshal())); err != nil {
			return err
		}
		if _, err := events.CreateBucketIfNotExists(bucketName(i)); err != nil {
			return err
		}
	}
	return nil
}

const stateSize = 6 * 8

func (s *state) marshal() []byte {
	b := make([]byte, 0, stateSize)
	for _, v := range [...]int64{s.begin, s.next, s.nextOffset, s.lastOffset, s.lastEnqueued, s.bytes} {
		b = binary.BigEndian.AppendUint64(b, uint64(v))
	}
	return b
}

func (s *state) unmarshal(b []byte) error {
	if len(b) != stateSize {
		return fmt.Errorf("%w: %d bytes", store.ErrDamaged, len(b))
	}
	for i, v := range [...]*int64{&s.begin, &s.next, &s.nextOffset, &s.lastOffset, &s.lastEnqueued, &s.bytes} {
		*v = int64(binary.BigEndian.Uint64(b[8*i:]))
	}
	return nil
}

// events is the bucket with the blocks of the partition.
func (p *partition) events(tx *bbolt.Tx) (*bbolt.Bucket, error) {
	if events := tx.Bucket(eventsBucket); events != nil {
		if b := events.Bucket(p.key); b != nil {
			return b, nil
		}
	}
	return nil, fmt.Errorf("%w: the events of partition %d are missing", store.ErrDamaged, p.id)
}

// write puts the fresh events and the state into the transaction, and takes out
// what is too much. Writer goroutine.
func (p *partition) write(tx *bbolt.Tx, limit int64) error {
	events, err := p.events(tx)
	if err != nil {
		return err
	}
	// Keys only ever grow: full pages are left behind, not half-full ones.
	events.FillPercent = 1
	if err := p.writeBlocks(events); err != nil {
		return err
	}
	if err := p.trim(events, func(blockHead) bool { return p.writing.bytes > limit }); err != nil {
		return err
	}
	return p.writeState(tx)
}

func (p *partition) writeBlocks(events *bbolt.Bucket) error {
	for rest := p.fresh; len(rest) > 0; {
		n, size := 0, blockHeader
		for n < len(rest) && (n == 0 || size+recordHeader+len(rest[n].Payload) <= blockSize) {
			size += recordHeader + len(rest[n].Payload)
			n++
		}
		// A block must stay as it is until the commit: only the last one's
		// memory is used again, by the next commit.
		p.buffer = encodeBlock(p.buffer, rest[:n], size)
		block := p.buffer
		if n < len(rest) {
			p.buffer = nil
		}
		if err := events.Put(sequenceKey(rest[0].Sequence), block); err != nil {
			return err
		}
		p.writing.bytes += int64(size)
		rest = rest[n:]
	}
	return nil
}

// encodeBlock makes a block of size bytes, in the memory of buffer if it fits.
func encodeBlock(buffer []byte, records []Record, size int) []byte {
	if cap(buffer) < size {
		buffer = make([]byte, 0, size)
	}
	b := beginBlock(buffer)
	last := int64(0)
	for i := range records {
		last, _ = strconv.ParseInt(records[i].Offset, 10, 64)
		b = appendRecord(b, &records[i], last)
	}
	endBlock(b, len(records), last, records[len(records)-1].Enqueued.UnixMilli())
	return b
}

func (p *partition) writeState(tx *bbolt.Tx) error {
	return tx.Bucket(statesBucket).Put(p.key, store.Seal(p.writing.marshal()))
}
