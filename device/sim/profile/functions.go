package profile

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hubscope/device"
)

// builtins are the functions of the expression language that templates may use.
var builtins = []string{
	"abs", "ceil", "float", "floor", "hasPrefix", "hasSuffix", "indexOf", "int", "len", "lower", "max", "min", "round",
	"string", "toBase64", "trim", "type", "upper",
}

// functions are those that this package adds.
var functions = map[string]struct {
	call  func(...any) (any, error)
	types []any
}{
	"fixed":  {fix, nil},
	"json":   {toJSON, []any{new(func(any) string)}},
	"repeat": {repeat, []any{new(func(string, int) string)}},
}

var functionNames = slices.Sorted(slices.Values(append(slices.Clone(builtins), sorted(functions)...)))

// fixed is a number that is shown with so many digits after the point.
type fixed struct {
	of       float64
	decimals int8
}

func fix(arguments ...any) (any, error) {
	if len(arguments) != 2 {
		return nil, errors.New("fixed takes a number and how many digits to show after the point")
	}
	decimals, ok := arguments[1].(int)
	if !ok || decimals < 0 || decimals > maxDecimals {
		return nil, fmt.Errorf("fixed shows 0 to %d digits after the point", maxDecimals)
	}
	f, ok := asFloat(arguments[0])
	if !ok {
		return nil, fmt.Errorf("fixed takes a number, not %v", arguments[0])
	}
	return fixed{roundTo(f, int8(decimals)), int8(decimals)}, nil
}

func asFloat(x any) (float64, bool) {
	switch x := x.(type) {
	case int:
		return float64(x), true
	case float64:
		return x, true
	case json.Number:
		f, err := x.Float64()
		return f, err == nil
	case fixed:
		return x.of, true
	}
	return 0, false
}

func toJSON(arguments ...any) (any, error) {
	v := valueOf(arguments[0])
	text, err := v.appendJSON(nil)
	return string(text), err
}

// repeat is bounded by what a message can hold.
func repeat(arguments ...any) (any, error) {
	s, _ := arguments[0].(string)
	n, _ := arguments[1].(int)
	switch {
	case n < 0:
		return nil, errors.New("repeat takes a text and how often, at least 0 times")
	case len(s) > 0 && n > device.MaxMessageSize/len(s):
		return nil, fmt.Errorf("repeat %d times: %w: a message has at most %d bytes", n, ErrTooLarge, device.MaxMessageSize)
	}
	return strings.Repeat(s, n), nil
}
