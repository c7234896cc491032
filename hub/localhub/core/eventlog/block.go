package eventlog

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"hubscope/hub/localhub/store"
)

// A block is what one commit adds to a partition, cut at blockSize: a bbolt
// value whose key is the sequence number of its first event, 8 bytes big-endian.
//
//	checksum  4   of all that follows (store.Seal)
//	version   1
//	count     4
//	offset    8   of the last event
//	newest    8   enqueued time of the last event, ms
//	then for each event: offset 8, enqueued 8, length 4, payload
const (
	blockSize    = 256 << 10
	blockVersion = 1
	blockHeader  = 4 + 1 + 4 + 8 + 8
	recordHeader = 8 + 8 + 4
)

// sealedBytes is the part of the header that store.Unseal takes away.
const sealedBytes = 4

func beginBlock(b []byte) []byte { return append(b[:0], make([]byte, blockHeader)...) }

func appendRecord(b []byte, r *Record, offset int64) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(offset))
	b = binary.BigEndian.AppendUint64(b, uint64(r.Enqueued.UnixMilli()))
	b = binary.BigEndian.AppendUint32(b, uint32(len(r.Payload)))
	return append(b, r.Payload...)
}

func endBlock(b []byte, count int, lastOffset, newest int64) {
	h := b[sealedBytes:]
	h[0] = blockVersion
	binary.BigEndian.PutUint32(h[1:], uint32(count))
	binary.BigEndian.PutUint64(h[5:], uint64(lastOffset))
	binary.BigEndian.PutUint64(h[13:], uint64(newest))
	store.SealInPlace(b)
}

// blockHead is the header of a stored block.
type blockHead struct {
	first      int64 // sequence number
	count      int64
	lastOffset int64
	newest     int64 // ms
}

// readHead reads the header alone; the checksum is left to readBlock.
func readHead(key, value []byte) (blockHead, error) {
	if len(key) != 8 || len(value) < blockHeader || value[sealedBytes] != blockVersion {
		return blockHead{}, badBlock(key)
	}
	h := value[sealedBytes:]
	return blockHead{
		first:      int64(binary.BigEndian.Uint64(key)),
		count:      int64(binary.BigEndian.Uint32(h[1:])),
		lastOffset: int64(binary.BigEndian.Uint64(h[5:])),
		newest:     int64(binary.BigEndian.Uint64(h[13:])),
	}, nil
}

// readBlock appends the records of a block from sequence number on to out. They
// are copied: the value belongs to a transaction.
func readBlock(key, value []byte, from int64, out []Record) ([]Record, error) {
	head, err := readHead(key, value)
	if err != nil {
		return out, err
	}
	data, err := store.Unseal(value)
	if err != nil {
		return out, fmt.Errorf("events from sequence number %d: %w", head.first, err)
	}
	rest := append([]byte(nil), data[blockHeader-sealedBytes:]...)
	for i := range head.count {
		if len(rest) < recordHeader {
			return out, badBlock(key)
		}
		size := int(binary.BigEndian.Uint32(rest[16:]))
		if len(rest)-recordHeader < size {
			return out, badBlock(key)
		}
		if sequence := head.first + i; sequence >= from {
			out = append(out, Record{
				Sequence: sequence,
				Offset:   strconv.FormatUint(binary.BigEndian.Uint64(rest), 10),
				Enqueued: time.UnixMilli(int64(binary.BigEndian.Uint64(rest[8:]))).UTC(),
				Payload:  rest[recordHeader : recordHeader+size : recordHeader+size],
			})
		}
		rest = rest[recordHeader+size:]
	}
	return out, nil
}

func badBlock(key []byte) error {
	return fmt.Errorf("%w: a block of events, key %x", store.ErrDamaged, key)
}
