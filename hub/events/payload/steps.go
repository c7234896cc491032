package payload

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"
	"unicode/utf16"
)

// step undoes one thing that a sender did to a body.
type step struct {
	name string
	undo func([]byte) ([]byte, error)
}

var (
	gunzip     = step{"gzip", undoGzip}
	inflate    = step{"deflate", undoDeflate}
	fromBase64 = step{"base64", undoBase64}
	fromUTF16  = step{"UTF-16", undoUTF16}
	fromUTF32  = step{"UTF-32", undoUTF32}
	fromCBOR   = step{"CBOR", cborToJSON}
	fromPack   = step{"MessagePack", packToJSON}
)

// encodings are the steps by their names in a content encoding. IoT Hub uses it for the character set, others for
// compression as HTTP does; a list is in the order in which it was done.
var encodings = map[string]step{
	"gzip": gunzip, "x-gzip": gunzip, "deflate": inflate, "zlib": inflate, "base64": fromBase64,
	"utf-16": fromUTF16, "utf-16le": fromUTF16, "utf-16be": {"UTF-16", undoUTF16BE}, "utf-32": fromUTF32, "utf-32le": fromUTF32,
}

var types = map[string]step{
	"application/cbor":    fromCBOR,
	"application/msgpack": fromPack, "application/x-msgpack": fromPack, "application/vnd.msgpack": fromPack,
	"application/gzip": gunzip, "application/x-gzip": gunzip,
}

// steps are what has to be undone, outermost first.
func steps(contentType, contentEncoding string, body []byte) (todo []step) {
	zipped := bytes.HasPrefix(body, []byte{0x1f, 0x8b, 8})
	if contentEncoding != "" {
		names := strings.Split(contentEncoding, ",")
		for i := len(names) - 1; i >= 0; i-- {
			if s, known := encodings[strings.ToLower(strings.TrimSpace(names[i]))]; known {
				todo = append(todo, s)
			}
		}
	}
	if s, known := typeStep(contentType); known {
		todo = append(todo, s)
	}
	if zipped && !has(todo, gunzip.name) {
		todo = append([]step{gunzip}, todo...)
	}
	return todo
}

func typeStep(contentType string) (step, bool) {
	if contentType == "" || contentType == "application/json" {
		return step{}, false
	}
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = strings.ToLower(contentType)
	}
	if s, known := types[kind]; known {
		return s, true
	}
	switch {
	case strings.HasSuffix(kind, "+cbor"):
		return fromCBOR, true
	case strings.HasSuffix(kind, "+msgpack"):
		return fromPack, true
	}
	return step{}, false
}

func has(todo []step, name string) bool {
	for _, s := range todo {
		if s.name == name {
			return true
		}
	}
	return false
}

func undoGzip(in []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(in))
	if err != nil {
		return nil, err
	}
	return readBounded(r)
}

// undoDeflate takes both what is called deflate: with the header of zlib, as HTTP says, and without, as many do.
func undoDeflate(in []byte) ([]byte, error) {
	if r, err := zlib.NewReader(bytes.NewReader(in)); err == nil {
		return readBounded(r)
	}
	return readBounded(flate.NewReader(bytes.NewReader(in)))
}

var errTooLong = fmt.Errorf("it grows to more than %d MB", MaxSize>>20)

func readBounded(r io.Reader) ([]byte, error) {
	out, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(out) > MaxSize {
		return nil, errTooLong
	}
	return out, nil
}

func undoBase64(in []byte) ([]byte, error) {
	text := strings.TrimRight(strings.TrimSpace(string(in)), "=")
	if strings.ContainsAny(text, "-_") {
		return base64.RawURLEncoding.DecodeString(text)
	}
	return base64.RawStdEncoding.DecodeString(text)
}

var errHalf = errors.New("it ends in the middle of a character")

func undoUTF16(in []byte) ([]byte, error) {
	if bytes.HasPrefix(in, []byte{0xfe, 0xff}) {
		return undoUTF16BE(in)
	}
	return utf16Text(in, binary.LittleEndian)
}

func undoUTF16BE(in []byte) ([]byte, error) { return utf16Text(in, binary.BigEndian) }

func utf16Text(in []byte, order binary.ByteOrder) ([]byte, error) {
	if len(in)%2 != 0 {
		return nil, errHalf
	}
	units := make([]uint16, len(in)/2)
	for i := range units {
		units[i] = order.Uint16(in[2*i:])
	}
	return withoutMark(string(utf16.Decode(units))), nil
}

func undoUTF32(in []byte) ([]byte, error) {
	if len(in)%4 != 0 {
		return nil, errHalf
	}
	runes := make([]rune, len(in)/4)
	for i := range runes {
		runes[i] = rune(binary.LittleEndian.Uint32(in[4*i:]))
	}
	return withoutMark(string(runes)), nil
}

// withoutMark drops the mark of the byte order.
func withoutMark(text string) []byte { return []byte(strings.TrimPrefix(text, "\ufeff")) }
