package store

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// sealSize is what Seal adds to a value.
const sealSize = 4

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Seal returns data with a checksum (CRC-32C) in front, to be stored as a value.
// bbolt checks its two root pages only; what a bad disk does to the others shows
// when the value is opened by Unseal.
func Seal(data []byte) []byte {
	sealed := make([]byte, sealSize, sealSize+len(data))
	binary.BigEndian.PutUint32(sealed, crc32.Checksum(data, castagnoli))
	return append(sealed, data...)
}

// SealInPlace fills the first 4 bytes of value, left free for it, with the
// checksum of the rest.
func SealInPlace(value []byte) {
	binary.BigEndian.PutUint32(value, crc32.Checksum(value[sealSize:], castagnoli))
}

// Unseal checks a sealed value and returns the data in it, not copied. The error
// is ErrDamaged.
func Unseal(value []byte) ([]byte, error) {
	if len(value) < sealSize {
		return nil, fmt.Errorf("%w: a record of %d bytes is too short", ErrDamaged, len(value))
	}
	data := value[sealSize:]
	if binary.BigEndian.Uint32(value) != crc32.Checksum(data, castagnoli) {
		return nil, fmt.Errorf("%w: the checksum of a record is wrong", ErrDamaged)
	}
	return data, nil
}
