package recording

import (
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/Azure/go-amqp"
)

// names are the types of AMQP that a JSON value does not tell, and those that are named in arrays only.
var names = map[reflect.Type]string{
	reflect.TypeFor[int8](): "byte", reflect.TypeFor[uint8](): "ubyte",
	reflect.TypeFor[int16](): "short", reflect.TypeFor[uint16](): "ushort",
	reflect.TypeFor[int32](): "int", reflect.TypeFor[uint32](): "uint",
	reflect.TypeFor[uint64]():  "ulong",
	reflect.TypeFor[float32](): "float",
	reflect.TypeFor[[]byte]():  "binary", reflect.TypeFor[time.Time](): "timestamp", reflect.TypeFor[amqp.UUID](): "uuid",
	reflect.TypeFor[int64](): "long", reflect.TypeFor[float64](): "double",
	reflect.TypeFor[string](): "string", reflect.TypeFor[bool](): "boolean",
}

// types is names turned round.
var types = func() map[string]reflect.Type {
	all := make(map[string]reflect.Type, len(names))
	for t, name := range names {
		all[name] = t
	}
	return all
}()

const (
	itemsOf  = "items"
	fieldsOf = "fields"
	pairsAs  = "pairs"
	arrayOf  = "[]"
)

// typesOf gives the types of properties that their JSON does not tell; nil when there are none.
func typesOf(m map[string]any) map[string]any {
	var all map[string]any
	for name, value := range m {
		t := typeOf(value)
		if t == nil {
			continue
		}
		if all == nil {
			all = map[string]any{}
		}
		all[name] = t
	}
	return all
}

// typeOf is a name, or for a list or map what is inside; nil when the JSON of the value tells its type.
func typeOf(value any) any {
	switch v := value.(type) {
	case nil, string, bool, int64:
		return nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return "double"
		}
		return nil
	case map[string]any:
		if inside := typesOf(v); inside != nil {
			return map[string]any{fieldsOf: inside}
		}
		return nil
	case map[any]any:
		return map[string]any{pairsAs: typesIn(pairsOf(v))}
	case []any:
		inside := typesIn(v)
		if !slices.ContainsFunc(inside, func(t any) bool { return t != nil }) {
			return nil
		}
		return map[string]any{itemsOf: inside}
	}
	t := reflect.TypeOf(value)
	if name, known := names[t]; known {
		return name
	}
	if t.Kind() == reflect.Slice {
		if name, known := names[t.Elem()]; known {
			return name + arrayOf
		}
	}
	return nil
}

func typesIn(list []any) []any {
	all := make([]any, len(list))
	for i := range list {
		all[i] = typeOf(list[i])
	}
	return all
}
