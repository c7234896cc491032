package frame

import (
	"encoding/binary"
	"math"
	"time"
	"unicode/utf8"
)

// maxZeroWidth bounds the items of an array whose items take no bytes: its
// claimed count is not limited by the input.
const maxZeroWidth = 256

// Value reads one AMQP value from the start of b and returns what follows it.
func Value(b []byte) (v any, rest []byte, err error) {
	d := decoder{buf: b}
	v, err = d.value(0)
	return v, d.buf, err
}

// decoder reads values from the front of buf.
type decoder struct{ buf []byte }

func (d *decoder) take(n int) ([]byte, error) {
	if n < 0 || n > len(d.buf) {
		return nil, malformed("%d bytes needed, %d left", n, len(d.buf))
	}
	b := d.buf[:n]
	d.buf = d.buf[n:]
	return b, nil
}

func (d *decoder) code() (byte, error) {
	b, err := d.take(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

func (d *decoder) value(depth int) (any, error) {
	if depth > MaxDepth {
		return nil, malformed("types nested deeper than %d", MaxDepth)
	}
	code, err := d.code()
	if err != nil {
		return nil, err
	}
	if code == codeDescribed {
		return d.described(depth)
	}
	return d.bare(code, depth)
}

func (d *decoder) described(depth int) (any, error) {
	descriptor, err := d.value(depth + 1)
	if err != nil {
		return nil, err
	}
	v, err := d.value(depth + 1)
	if err != nil {
		return nil, err
	}
	return Described{Descriptor: descriptor, Value: v}, nil
}

// bare reads the value that follows a constructor.
func (d *decoder) bare(code byte, depth int) (any, error) {
	switch code >> 4 {
	case 0x4:
		return zeroWidth(code)
	case 0x5, 0x6, 0x7, 0x8, 0x9:
		b, err := d.take(fixedWidth(code))
		if err != nil {
			return nil, err
		}
		return fixed(code, b)
	case 0xa, 0xb:
		b, err := d.variable(code)
		if err != nil {
			return nil, err
		}
		return text(code, b)
	case 0xc, 0xd:
		return d.compound(code, depth)
	case 0xe, 0xf:
		return d.array(code, depth)
	}
	return nil, malformed("type code 0x%02x", code)
}

func zeroWidth(code byte) (any, error) {
	switch code {
	case codeNull:
		return nil, nil
	case codeTrue:
		return true, nil
	case codeFalse:
		return false, nil
	case codeUint0:
		return uint32(0), nil
	case codeUlong0:
		return uint64(0), nil
	case codeList0:
		return []any{}, nil
	}
	return nil, malformed("type code 0x%02x", code)
}

func fixed(code byte, b []byte) (any, error) {
	switch code {
	case codeUbyte:
		return b[0], nil
	case codeByte:
		return int8(b[0]), nil
	case codeSmallUint:
		return uint32(b[0]), nil
	case codeSmallUlong:
		return uint64(b[0]), nil
	case codeSmallInt:
		return int32(int8(b[0])), nil
	case codeSmallLong:
		return int64(int8(b[0])), nil
	case codeBoolean:
		if b[0] > 1 {
			return nil, malformed("boolean 0x%02x", b[0])
		}
		return b[0] == 1, nil
	case codeUshort:
		return binary.BigEndian.Uint16(b), nil
	case codeShort:
		return int16(binary.BigEndian.Uint16(b)), nil
	case codeUint:
		return binary.BigEndian.Uint32(b), nil
	case codeInt:
		return int32(binary.BigEndian.Uint32(b)), nil
	case codeFloat:
		return math.Float32frombits(binary.BigEndian.Uint32(b)), nil
	case codeChar:
		return Char(binary.BigEndian.Uint32(b)), nil
	case codeUlong:
		return binary.BigEndian.Uint64(b), nil
	case codeLong:
		return int64(binary.BigEndian.Uint64(b)), nil
	case codeDouble:
		return math.Float64frombits(binary.BigEndian.Uint64(b)), nil
	case codeTimestamp:
		return time.UnixMilli(int64(binary.BigEndian.Uint64(b))).UTC(), nil
	case codeUUID:
		return UUID(b), nil
	case codeDecimal32, codeDecimal64, codeDecimal128:
		return Decimal{Code: code, Bits: string(b)}, nil
	}
	return nil, malformed("type code 0x%02x", code)
}

func text(code byte, b []byte) (any, error) {
	switch code {
	case codeBinary8, codeBinary32:
		return append([]byte{}, b...), nil
	case codeString8, codeString32:
		if !utf8.Valid(b) {
			return nil, malformed("string that is not UTF-8")
		}
		return string(b), nil
	case codeSymbol8, codeSymbol32:
		return Symbol(b), nil
	}
	return nil, malformed("type code 0x%02x", code)
}

// variable reads a size and as many bytes.
func (d *decoder) variable(code byte) ([]byte, error) {
	size, err := d.size(code)
	if err != nil {
		return nil, err
	}
	return d.take(size)
}

// size reads the one or four byte number that the constructor announces.
func (d *decoder) size(code byte) (int, error) {
	if wide(code) {
		b, err := d.take(4)
		if err != nil {
			return 0, err
		}
		return int(binary.BigEndian.Uint32(b)), nil
	}
	b, err := d.take(1)
	if err != nil {
		return 0, err
	}
	return int(b[0]), nil
}
