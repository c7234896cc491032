package payload

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/tinylib/msgp/msgp"
)

// reader bounds what a hostile CBOR text can cost.
var reader = func() cbor.DecMode {
	mode, err := cbor.DecOptions{MaxNestedLevels: MaxDepth, MaxArrayElements: 1 << 20, MaxMapPairs: 1 << 20}.DecMode()
	if err != nil {
		panic(err) // the options are constants
	}
	return mode
}()

// cborToJSON writes CBOR as JSON (RFC 8949, section 6.1): byte strings as base64, keys that are no text as text, in the
// order of their names.
func cborToJSON(in []byte) ([]byte, error) {
	var value any
	if err := reader.Unmarshal(in, &value); err != nil {
		return nil, err
	}
	return json.Marshal(plain(value))
}

// maxBits is how long a number may be to be written in digits; RFC 8949 writes longer ones as base64.
const maxBits = 4096

// plain makes a decoded value one that JSON can say.
func plain(value any) any {
	switch v := value.(type) {
	case map[any]any:
		out := make(map[string]any, len(v))
		for key, inside := range v {
			out[keyText(key)] = plain(inside)
		}
		return out
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
		return v
	case []byte:
		return base64.StdEncoding.EncodeToString(v)
	case float64:
		return number(v)
	case float32:
		return number(float64(v))
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case big.Int:
		if v.BitLen() > maxBits {
			return base64.RawURLEncoding.EncodeToString(v.Bytes())
		}
		return json.Number(v.String())
	case cbor.Tag:
		return map[string]any{"tag": v.Number, "value": plain(v.Content)}
	case cbor.SimpleValue:
		return fmt.Sprintf("simple(%d)", v)
	}
	return value
}

// number is a float that JSON can say, or else its name.
func number(f float64) any {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return f
}

func keyText(key any) string {
	switch k := key.(type) {
	case string:
		return k
	case []byte:
		return base64.StdEncoding.EncodeToString(k)
	}
	return fmt.Sprint(key)
}

var errMore = errors.New("there is more behind its end")

// packToJSON writes MessagePack as JSON, names in the order in which they were sent.
func packToJSON(in []byte) ([]byte, error) {
	var out bytes.Buffer
	rest, err := msgp.UnmarshalAsJSON(&limited{&out}, in)
	switch {
	case err != nil:
		return nil, err
	case len(rest) > 0:
		return nil, errMore
	case !json.Valid(out.Bytes()):
		return nil, errors.New("it holds what JSON has no word for")
	}
	return out.Bytes(), nil
}

// limited stops a writer that goes on too long.
type limited struct{ *bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > MaxSize {
		return 0, errTooLong
	}
	return l.Buffer.Write(p)
}
