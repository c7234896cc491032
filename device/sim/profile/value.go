package profile

import (
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"
)

// value is what a generator makes. It is kept without boxes: ten thousand devices have many of them.
type value struct {
	kind     valueKind
	decimals int8    // digits after the point of a number; shortest when negative
	number   float64 // of a number
	whole    int64   // of a whole number; 0 or 1 of a truth
	text     string
	object   any // of JSON that is none of these
}

type valueKind uint8

const (
	nullValue valueKind = iota
	boolValue
	wholeValue
	numberValue
	textValue
	objectValue
	anyValue // of unknown kind, before there is a value
)

const shortest = -1

func wholeOf(n int64) value { return value{kind: wholeValue, whole: n} }

func textOf(s string) value { return value{kind: textValue, text: s} }

func numberOf(f float64, decimals int8) value {
	return value{kind: numberValue, number: f, decimals: decimals}
}

func boolOf(b bool) value {
	if b {
		return value{kind: boolValue, whole: 1}
	}
	return value{kind: boolValue}
}

// valueOf unboxes what an expression gave.
func valueOf(x any) value {
	switch x := x.(type) {
	case nil:
		return value{}
	case bool:
		return boolOf(x)
	case int:
		return wholeOf(int64(x))
	case int64:
		return wholeOf(x)
	case float64:
		return numberOf(x, shortest)
	case fixed:
		return numberOf(x.of, x.decimals)
	case string:
		return textOf(x)
	case json.Number:
		return written(x)
	default:
		return value{kind: objectValue, object: x}
	}
}

// written is a number of JSON. One that no number here can be stays as it is written.
func written(n json.Number) value {
	if whole, err := n.Int64(); err == nil && n != "-0" {
		return wholeOf(whole)
	}
	if f, err := n.Float64(); err == nil {
		return numberOf(f, shortest)
	}
	return value{kind: objectValue, object: n}
}

// counted gives what was decoded with numbers that expressions can count with. What it is given stays as it is.
func counted(x any) any {
	switch x := x.(type) {
	case json.Number:
		v := written(x)
		return v.boxed()
	case map[string]any:
		out := make(map[string]any, len(x))
		for name, v := range x {
			out[name] = counted(v)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, v := range x {
			out[i] = counted(v)
		}
		return out
	}
	return x
}

// countable is the value of something that was decoded.
func countable(v value) value {
	if v.kind == objectValue {
		v.object = counted(v.object)
	}
	return v
}

// boxed is the value as an expression takes it.
func (v *value) boxed() any {
	switch v.kind {
	case boolValue:
		return v.whole != 0
	case wholeValue:
		return int(v.whole)
	case numberValue:
		return v.number
	case textValue:
		return v.text
	case objectValue:
		return v.object
	default:
		return nil
	}
}

// appendJSON writes the value as JSON.
func (v *value) appendJSON(b []byte) ([]byte, error) {
	switch v.kind {
	case textValue:
		return appendQuoted(b, v.text), nil
	case objectValue:
		text, err := json.Marshal(v.object)
		return append(b, text...), err
	case nullValue:
		return append(b, "null"...), nil
	default:
		return v.appendText(b)
	}
}

// appendText writes the value as it stands in a text.
func (v *value) appendText(b []byte) ([]byte, error) {
	switch v.kind {
	case boolValue:
		return strconv.AppendBool(b, v.whole != 0), nil
	case wholeValue:
		return strconv.AppendInt(b, v.whole, 10), nil
	case numberValue:
		if math.IsNaN(v.number) || math.IsInf(v.number, 0) {
			return b, errNotANumber
		}
		if v.decimals >= 0 {
			return strconv.AppendFloat(b, v.number, 'f', int(v.decimals), 64), nil
		}
		return appendFloat(b, v.number), nil
	case textValue:
		return append(b, v.text...), nil
	case objectValue:
		return v.appendJSON(b)
	default:
		return b, nil
	}
}

// appendFloat writes the shortest text that gives the number again, as encoding/json does.
func appendFloat(b []byte, f float64) []byte {
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(b, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64)
}

// appendQuoted writes a text as JSON. What is not UTF-8 becomes U+FFFD, as JSON demands.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	b = appendEscaped(b, s)
	return append(b, '"')
}

func appendEscaped(b []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			b = append(b, s[start:i]...)
			b = appendEscape(b, c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			b = append(b, s[start:i]...)
			b = append(b, "\uFFFD"...)
			start = i + 1
		}
		i += size
	}
	return append(b, s[start:]...)
}

func appendEscape(b []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, `\n`...)
	case '\t':
		return append(b, `\t`...)
	case '\r':
		return append(b, `\r`...)
	}
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

// roundTo rounds to digits after the point.
func roundTo(f float64, decimals int8) float64 {
	if decimals < 0 {
		return f
	}
	p := powers[decimals]
	if r := math.Round(f*p) / p; !math.IsInf(r, 0) {
		return r
	}
	return f
}

const maxDecimals = 15

var powers = [maxDecimals + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}
