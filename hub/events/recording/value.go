package recording

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/Azure/go-amqp"
	"github.com/google/uuid"
)

// appendMap writes properties, in the order of their names.
func appendMap(to []byte, m map[string]any) []byte {
	to = append(to, '{')
	for i, name := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(appendText(to, name), ':')
		to = appendValue(to, m[name])
	}
	return append(to, '}')
}

// appendValue writes a value of AMQP. protocol 7.8
func appendValue(to []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(to, "null"...)
	case string:
		return appendText(to, v)
	case bool:
		return strconv.AppendBool(to, v)
	case float64:
		return appendFloat(to, v, 64)
	case float32:
		return appendFloat(to, float64(v), 32)
	case []byte:
		return appendBytes(to, v)
	case time.Time:
		return appendTime(to, v)
	case amqp.UUID:
		return appendText(to, uuid.UUID(v).String())
	case map[string]any:
		return appendMap(to, v)
	case map[any]any:
		return appendPairs(to, v)
	}
	r := reflect.ValueOf(value)
	switch {
	case r.CanInt():
		return strconv.AppendInt(to, r.Int(), 10)
	case r.CanUint():
		return strconv.AppendUint(to, r.Uint(), 10)
	case r.Kind() == reflect.Slice:
		return appendList(to, r)
	}
	return appendText(to, fmt.Sprint(value))
}

func appendBytes(to, b []byte) []byte {
	to = append(to, '"')
	to = base64.StdEncoding.AppendEncode(to, b)
	return append(to, '"')
}

func appendFloat(to []byte, f float64, bits int) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return appendText(to, strconv.FormatFloat(f, 'g', -1, 64))
	}
	start := len(to)
	to = strconv.AppendFloat(to, f, 'g', -1, bits)
	if !slices.ContainsFunc(to[start:], func(c byte) bool { return c == '.' || c == 'e' }) {
		to = append(to, ".0"...) // otherwise it would be a long
	}
	return to
}

// appendTime writes RFC 3339, or milliseconds where that has no words.
func appendTime(to []byte, t time.Time) []byte {
	t = t.UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		return strconv.AppendInt(to, t.UnixMilli(), 10)
	}
	to = append(to, '"')
	to = t.AppendFormat(to, time.RFC3339Nano)
	return append(to, '"')
}

func appendList(to []byte, list reflect.Value) []byte {
	to = append(to, '[')
	for i := range list.Len() {
		if i > 0 {
			to = append(to, ',')
		}
		to = appendValue(to, list.Index(i).Interface())
	}
	return append(to, ']')
}

func appendPairs(to []byte, m map[any]any) []byte {
	to = append(to, '[')
	for i, pair := range pairsOf(m) {
		if i > 0 {
			to = append(to, ',')
		}
		to = appendValue(to, pair)
	}
	return append(to, ']')
}

// pairsOf gives a map as a list of pairs, always in the same order.
func pairsOf(m map[any]any) []any {
	pairs := make([]any, 0, len(m))
	for key, value := range m {
		pairs = append(pairs, []any{key, value})
	}
	slices.SortFunc(pairs, func(a, b any) int {
		x, y := a.([]any)[0], b.([]any)[0]
		return cmp.Or(cmp.Compare(fmt.Sprint(x), fmt.Sprint(y)), cmp.Compare(fmt.Sprintf("%T", x), fmt.Sprintf("%T", y)))
	})
	return pairs
}
