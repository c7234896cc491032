package payload

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// reader bounds what a hostile CBOR text can cost.
var reader = func() cbor.DecMode {
	mode, err := cbor.DecOptions{MaxNestedLevels: MaxDepth, MaxArrayElements: 1 << 20, MaxMapPairs: 1 << 20}.DecMode()
	if err != nil {
		panic(err) // the options are constants
	}
	return mode
}()

// cborToJSON writes CBOR as JSON (RFC 8949, section 6.1): byte strings as base64, keys that are no text as text, and
// all in the order in which it was sent. The library checks the whole and reads single values; it has no type that
// keeps the order of a map, so maps and lists are gone through here.
func cborToJSON(in []byte, most int) ([]byte, error) {
	if err := reader.Wellformed(in); err != nil {
		return nil, err
	}
	w := cborWriter{rest: in, most: most}
	if err := w.item(); err != nil {
		return nil, err
	}
	return w.out.Bytes(), nil
}

// cborWriter goes through CBOR that is well formed.
type cborWriter struct {
	rest []byte
	out  bytes.Buffer
	most int
}

// The major types that hold others, and what ends those of no stated length (RFC 8949, section 3).
const (
	majorArray = 4
	majorMap   = 5
	majorTag   = 6
	endless    = 31
	stop       = 0xff
	selfTag    = 55799 // says that this is CBOR, and nothing else
)

// item writes the next one.
func (w *cborWriter) item() error {
	if w.out.Len() > w.most {
		return tooLong(w.most)
	}
	switch w.rest[0] >> 5 {
	case majorArray:
		return w.list('[', ']', w.item)
	case majorMap:
		return w.list('{', '}', w.pair)
	case majorTag:
		return w.tag()
	}
	return w.value()
}

// head takes the first bytes of an item away: its count is of elements, or the number of a tag.
func (w *cborWriter) head() (count uint64, counted bool) {
	info := w.rest[0] & 0x1f
	w.rest = w.rest[1:]
	if info < 24 || info == endless {
		return uint64(info), info != endless
	}
	size := 1 << (info - 24)
	var wide [8]byte
	copy(wide[8-size:], w.rest)
	w.rest = w.rest[size:]
	return binary.BigEndian.Uint64(wide[:]), true
}

func (w *cborWriter) list(first, last byte, element func() error) error {
	count, counted := w.head()
	w.out.WriteByte(first)
	for i := uint64(0); !counted || i < count; i++ {
		if !counted && w.rest[0] == stop {
			w.rest = w.rest[1:]
			break
		}
		if i > 0 {
			w.out.WriteByte(',')
		}
		if err := element(); err != nil {
			return err
		}
	}
	w.out.WriteByte(last)
	return nil
}

// pair writes a key and its value. A key that is no text becomes one: that of a byte string its base64, all others as
// they are written.
func (w *cborWriter) pair() error {
	key := cborWriter{rest: w.rest, most: w.most}
	if err := key.item(); err != nil {
		return err
	}
	w.rest = key.rest
	if text := key.out.Bytes(); text[0] == '"' {
		w.out.Write(text)
	} else {
		w.text(string(text))
	}
	w.out.WriteByte(':')
	return w.item()
}

// tag writes what a tag is about: the library knows times and long numbers, others stand beside what they tell of.
func (w *cborWriter) tag() error {
	const lastKnown = 3
	before := w.rest
	number, _ := w.head()
	switch {
	case number <= lastKnown:
		w.rest = before
		return w.value()
	case number == selfTag:
		return w.item()
	}
	fmt.Fprintf(&w.out, `{"tag":%d,"value":`, number)
	if err := w.item(); err != nil {
		return err
	}
	w.out.WriteByte('}')
	return nil
}

// value writes what holds nothing else.
func (w *cborWriter) value() (err error) {
	var value any
	if w.rest, err = reader.UnmarshalFirst(w.rest, &value); err != nil {
		return err
	}
	switch v := value.(type) {
	case string:
		w.text(v)
	case []byte:
		w.text(base64.StdEncoding.EncodeToString(v))
	case time.Time:
		w.text(v.UTC().Format(time.RFC3339Nano))
	case cbor.SimpleValue:
		w.text(fmt.Sprintf("simple(%d)", v))
	case float64:
		w.float(v)
	case big.Int:
		w.long(&v)
	case nil:
		w.out.WriteString("null")
	default: // uint64, int64, bool
		fmt.Fprint(&w.out, v)
	}
	return nil
}

// text writes a string of JSON, signs such as < as they are.
func (w *cborWriter) text(s string) {
	e := json.NewEncoder(&w.out)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string into memory
	w.out.Truncate(w.out.Len() - len("\n"))
}

// float writes a number that JSON can say, or else its name.
func (w *cborWriter) float(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		w.text(strconv.FormatFloat(f, 'g', -1, 64))
		return
	}
	text, _ := json.Marshal(f) // it is finite
	w.out.Write(text)
}

// maxBits is how long a number may be to be written in digits; RFC 8949 writes longer ones as base64.
const maxBits = 4096

func (w *cborWriter) long(n *big.Int) {
	if n.BitLen() > maxBits {
		w.text(base64.RawURLEncoding.EncodeToString(n.Bytes()))
		return
	}
	w.out.WriteString(n.String())
}
