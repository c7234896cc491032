package frame

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

// AppendValue appends the encoding of v, one of the types that Value returns,
// or of []Symbol, which becomes an array.
func AppendValue(dst []byte, v any) []byte {
	switch t := v.(type) {
	case nil:
		return append(dst, codeNull)
	case bool:
		return appendBool(dst, t)
	case uint8:
		return append(dst, codeUbyte, t)
	case int8:
		return append(dst, codeByte, byte(t))
	case uint16:
		return binary.BigEndian.AppendUint16(append(dst, codeUshort), t)
	case int16:
		return binary.BigEndian.AppendUint16(append(dst, codeShort), uint16(t))
	case uint32:
		return appendUint(dst, t)
	case int32:
		return appendInt(dst, t)
	case int:
		return appendLong(dst, int64(t))
	case uint64:
		return appendUlong(dst, t)
	case int64:
		return appendLong(dst, t)
	case float32:
		return binary.BigEndian.AppendUint32(append(dst, codeFloat), math.Float32bits(t))
	case float64:
		return binary.BigEndian.AppendUint64(append(dst, codeDouble), math.Float64bits(t))
	case Char:
		return binary.BigEndian.AppendUint32(append(dst, codeChar), uint32(t))
	case Decimal:
		return append(append(dst, t.Code), t.Bits...)
	case time.Time:
		return binary.BigEndian.AppendUint64(append(dst, codeTimestamp), uint64(t.UnixMilli()))
	case UUID:
		return append(append(dst, codeUUID), t[:]...)
	case []byte:
		return appendVariable(dst, codeBinary8, t)
	case string:
		return appendVariable(dst, codeString8, t)
	case Symbol:
		return appendVariable(dst, codeSymbol8, t)
	case []Symbol:
		return appendSymbols(dst, t)
	case Described:
		return AppendValue(AppendValue(append(dst, codeDescribed), t.Descriptor), t.Value)
	case []any:
		return appendList(dst, t)
	case Map:
		return appendMap(dst, t)
	case Array:
		return append(dst, t.raw...)
	case encoder:
		return t.appendTo(dst)
	}
	// Only reached by a value made in this program; a peer's values all decode
	// to the types above.
	return appendVariable(dst, codeString8, fmt.Sprint(v))
}

// encoder is a composite that writes itself, descriptor first.
type encoder interface{ appendTo(dst []byte) []byte }

func appendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, codeTrue)
	}
	return append(dst, codeFalse)
}

func appendUint(dst []byte, v uint32) []byte {
	switch {
	case v == 0:
		return append(dst, codeUint0)
	case v < 256:
		return append(dst, codeSmallUint, byte(v))
	}
	return binary.BigEndian.AppendUint32(append(dst, codeUint), v)
}

func appendUlong(dst []byte, v uint64) []byte {
	switch {
	case v == 0:
		return append(dst, codeUlong0)
	case v < 256:
		return append(dst, codeSmallUlong, byte(v))
	}
	return binary.BigEndian.AppendUint64(append(dst, codeUlong), v)
}

func appendInt(dst []byte, v int32) []byte {
	if v >= math.MinInt8 && v <= math.MaxInt8 {
		return append(dst, codeSmallInt, byte(v))
	}
	return binary.BigEndian.AppendUint32(append(dst, codeInt), uint32(v))
}

func appendLong(dst []byte, v int64) []byte {
	if v >= math.MinInt8 && v <= math.MaxInt8 {
		return append(dst, codeSmallLong, byte(v))
	}
	return binary.BigEndian.AppendUint64(append(dst, codeLong), uint64(v))
}

// appendVariable appends text or bytes; code is the constructor of the short
// form, the long form has the next higher nibble.
func appendVariable[T ~string | ~[]byte](dst []byte, code byte, v T) []byte {
	if len(v) < 256 {
		return append(append(dst, code, byte(len(v))), v...)
	}
	dst = binary.BigEndian.AppendUint32(append(dst, code+0x10), uint32(len(v)))
	return append(dst, v...)
}

func appendList(dst []byte, items []any) []byte {
	if len(items) == 0 {
		return append(dst, codeList0)
	}
	dst, mark := openBlock(dst, codeList32)
	for _, v := range items {
		dst = AppendValue(dst, v)
	}
	return closeBlock(dst, mark, len(items))
}

func appendMap(dst []byte, m Map) []byte {
	dst, mark := openBlock(dst, codeMap32)
	for _, p := range m {
		dst = AppendValue(AppendValue(dst, p.Key), p.Value)
	}
	return closeBlock(dst, mark, 2*len(m))
}

func appendSymbols(dst []byte, symbols []Symbol) []byte {
	dst, mark := openBlock(dst, codeArray32)
	dst = append(dst, codeSymbol32)
	for _, s := range symbols {
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(s)))
		dst = append(dst, s...)
	}
	return closeBlock(dst, mark, len(symbols))
}

// openBlock leaves room for the size and count of a compound.
func openBlock(dst []byte, code byte) (out []byte, mark int) {
	dst = append(dst, code, 0, 0, 0, 0, 0, 0, 0, 0)
	return dst, len(dst)
}

// closeBlock fills in what openBlock left out.
func closeBlock(dst []byte, mark, count int) []byte {
	binary.BigEndian.PutUint32(dst[mark-8:], uint32(len(dst)-mark+4))
	binary.BigEndian.PutUint32(dst[mark-4:], uint32(count))
	return dst
}
