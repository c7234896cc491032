package d2c

import (
	"encoding/binary"
	"strings"
)

// AMQP 1.0 type codes (protocol 8.2).
const (
	codeNull      = 0x40
	codeLong      = 0x81
	codeTimestamp = 0x83
	codeBinary8   = 0xa0
	codeBinary32  = 0xb0
	codeString8   = 0xa1
	codeString32  = 0xb1
	codeSymbol8   = 0xa3
	codeSymbol32  = 0xb3
	codeList32    = 0xd0
	codeMap32     = 0xd1
)

// Descriptors of message sections (protocol 8.1).
const (
	sectionAnnotations           = 0x72
	sectionProperties            = 0x73
	sectionApplicationProperties = 0x74
	sectionData                  = 0x75
)

func appendSection(b []byte, section byte) []byte { return append(b, 0x00, 0x53, section) }

// appendVariable appends a value of one of the variable-width types in its
// short form when it fits.
func appendVariable[T string | []byte](b []byte, short, long byte, v T) []byte {
	if len(v) <= 0xff {
		b = append(b, short, byte(len(v)))
	} else {
		b = binary.BigEndian.AppendUint32(append(b, long), uint32(len(v)))
	}
	return append(b, v...)
}

// appendString appends text; what is not UTF-8 would make the whole event
// unreadable for its readers, and is replaced.
func appendString(b []byte, s string) []byte {
	return appendVariable(b, codeString8, codeString32, strings.ToValidUTF8(s, "\uFFFD"))
}

func appendSymbol(b []byte, s string) []byte { return appendVariable(b, codeSymbol8, codeSymbol32, s) }

func appendBinary[T string | []byte](b []byte, v T) []byte {
	return appendVariable(b, codeBinary8, codeBinary32, v)
}

func appendLong(b []byte, v int64) []byte {
	return binary.BigEndian.AppendUint64(append(b, codeLong), uint64(v))
}

func appendTimestamp(b []byte, ms int64) []byte {
	return binary.BigEndian.AppendUint64(append(b, codeTimestamp), uint64(ms))
}

// appendCompound appends a list32 or map32 whose content is written by fill,
// which returns the number of elements (keys and values both count).
func appendCompound(b []byte, code byte, fill func([]byte) ([]byte, int)) []byte {
	b = append(b, code, 0, 0, 0, 0, 0, 0, 0, 0)
	start := len(b)
	b, count := fill(b)
	binary.BigEndian.PutUint32(b[start-8:], uint32(len(b)-start+4))
	binary.BigEndian.PutUint32(b[start-4:], uint32(count))
	return b
}
