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
	undo func(in []byte, most int) ([]byte, error) // an error when it grows to more
	head func(in []byte, most int) ([]byte, error) // gives the first bytes then; nil: there are none
}

var (
	gunzip     = step{"gzip", all(openGzip), headOf(openGzip)}
	inflate    = step{"deflate", all(openDeflate), headOf(openDeflate)}
	fromBase64 = step{"base64", short(undoBase64), nil}
	fromUTF16  = step{"UTF-16", short(undoUTF16), nil}
	fromUTF32  = step{"UTF-32", short(undoUTF32), nil}
	fromCBOR   = step{"CBOR", cborToJSON, nil}
	fromPack   = step{"MessagePack", packToJSON, nil}
)

// short is a step that makes little more of a body than it is.
func short(undo func([]byte) ([]byte, error)) func([]byte, int) ([]byte, error) {
	return func(in []byte, _ int) ([]byte, error) { return undo(in) }
}

// encodings are the steps by their names in a content encoding. IoT Hub uses it for the character set, others for
// compression as HTTP does; a list is in the order in which it was done.
var encodings = map[string]step{
	"gzip": gunzip, "x-gzip": gunzip, "deflate": inflate, "zlib": inflate, "base64": fromBase64,
	"utf-16": fromUTF16, "utf-16le": fromUTF16, "utf-16be": {"UTF-16", short(undoUTF16BE), nil}, "utf-32": fromUTF32, "utf-32le": fromUTF32,
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

func openGzip(in []byte) (io.Reader, error) { return gzip.NewReader(bytes.NewReader(in)) }

// openDeflate takes both what is called deflate: with the header of zlib, as HTTP says, and without, as many do.
func openDeflate(in []byte) (io.Reader, error) {
	if r, err := zlib.NewReader(bytes.NewReader(in)); err == nil {
		return r, nil
	}
	return flate.NewReader(bytes.NewReader(in)), nil
}

// tooLong is the error of what grows to more than it may.
type tooLong int

func (n tooLong) Error() string { return fmt.Sprintf("it grows to more than %d MB", int(n)>>20) }

type opener func([]byte) (io.Reader, error)

// all reads to the end, or gives up.
func all(open opener) func([]byte, int) ([]byte, error) {
	head := headOf(open)
	return func(in []byte, most int) ([]byte, error) {
		out, err := head(in, most+1)
		if err == nil && len(out) > most {
			err = tooLong(most)
		}
		if err != nil {
			return nil, err
		}
		return out, nil
	}
}

// headOf reads so much and leaves the rest.
func headOf(open opener) func([]byte, int) ([]byte, error) {
	return func(in []byte, most int) ([]byte, error) {
		r, err := open(in)
		if err != nil {
			return nil, err
		}
		return io.ReadAll(io.LimitReader(r, int64(most)))
	}
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
