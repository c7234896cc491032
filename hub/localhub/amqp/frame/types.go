package frame

// Symbol is an AMQP symbol: ASCII text from a constrained domain.
type Symbol string

// UUID is an AMQP uuid in network byte order.
type UUID [16]byte

// Char is an AMQP char, one UTF-32 code unit.
type Char uint32

// Decimal is a decimal32, 64 or 128, kept as it came: nobody here calculates
// with one.
type Decimal struct {
	Code byte
	Bits string
}

// Described is a value with a descriptor in front, as filters have.
type Described struct {
	Descriptor any
	Value      any
}

// Array is an AMQP array. Items are its decoded values.
type Array struct {
	Items []any
	raw   []byte
}

// Pair is one entry of a Map.
type Pair struct {
	Key, Value any
}

// Map is an AMQP map in the order of the wire. A Go map will not do: keys may
// be of any type, also of those that Go cannot compare.
type Map []Pair

// Get returns the value of the entry whose key is the string or symbol name.
func (m Map) Get(name string) (any, bool) {
	for _, p := range m {
		if text, ok := Text(p.Key); ok && text == name {
			return p.Value, true
		}
	}
	return nil, false
}

// Text returns what a string or a symbol says.
func Text(v any) (string, bool) {
	switch t := v.(type) {
	case string:
		return t, true
	case Symbol:
		return string(t), true
	}
	return "", false
}

// Int returns the value of any AMQP integer that fits an int64.
func Int(v any) (int64, bool) {
	switch t := v.(type) {
	case int64:
		return t, true
	case int32:
		return int64(t), true
	case int16:
		return int64(t), true
	case int8:
		return int64(t), true
	case uint64:
		return int64(t), t <= 1<<63-1
	case uint32:
		return int64(t), true
	case uint16:
		return int64(t), true
	case uint8:
		return int64(t), true
	}
	return 0, false
}

// Opt is a field that may be absent, where absent is not the zero value.
type Opt[T any] struct {
	Value T
	Set   bool
}

// Some is a field that is there.
func Some[T any](v T) Opt[T] { return Opt[T]{Value: v, Set: true} }

// Or returns the field's value, or def when it is absent.
func (o Opt[T]) Or(def T) T {
	if o.Set {
		return o.Value
	}
	return def
}
