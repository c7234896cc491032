package query

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"

	"github.com/tidwall/gjson"
)

// Kind is the type of a [Value].
type Kind uint8

// The types of the language. Array and Object are not primitive.
const (
	Undefined Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// Value is what a path or an expression gives for a row. The zero value is
// undefined.
type Value struct {
	kind Kind
	num  float64 // Number; 1 for true
	// text is the string, or the JSON text of an array, an object, or a number that
	// came as JSON.
	text string
}

// Text is a string value.
func Text(s string) Value { return Value{kind: String, text: s} }

// Truth is a boolean value.
func Truth(b bool) Value { return boolean(b) }

// Integer is a number value.
func Integer(n int64) Value { return Value{kind: Number, num: float64(n)} }

// JSON is the value of a valid JSON text; an empty text is undefined.
func JSON(text string) Value {
	if text == "" {
		return Value{}
	}
	return fromResult(gjson.Parse(text))
}

// Kind is the value's type.
func (v Value) Kind() Kind { return v.kind }

func boolean(b bool) Value {
	if b {
		return Value{kind: Bool, num: 1}
	}
	return Value{kind: Bool}
}

// number is undefined for what is no number: the result of 1/0.
func number(f float64) Value {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return Value{}
	}
	return Value{kind: Number, num: f}
}

func fromResult(r gjson.Result) Value {
	switch r.Type {
	case gjson.String:
		return Value{kind: String, text: r.Str}
	case gjson.Number:
		return Value{kind: Number, num: r.Num, text: r.Raw}
	case gjson.True, gjson.False:
		return boolean(r.Type == gjson.True)
	case gjson.JSON:
		if r.IsArray() {
			return Value{kind: Array, text: r.Raw}
		}
		return Value{kind: Object, text: r.Raw}
	}
	if r.Raw == "" {
		return Value{}
	}
	return Value{kind: Null}
}

func (v Value) isTrue() bool { return v.kind == Bool && v.num != 0 }

func (v Value) primitive() bool { return Null <= v.kind && v.kind <= String }

// At gives the value at a path inside v: undefined when a step is missing or of
// another type.
func (v Value) At(path Path) Value {
	for _, step := range path {
		if step.Name == "" {
			v = v.element(step.Index)
		} else {
			v = v.member(step.Name)
		}
	}
	return v
}

func (v Value) member(name string) (found Value) {
	if v.kind != Object {
		return Value{}
	}
	gjson.Parse(v.text).ForEach(func(key, value gjson.Result) bool {
		if key.Str != name {
			return true
		}
		found = fromResult(value)
		return false
	})
	return found
}

func (v Value) element(index int) (found Value) {
	if v.kind != Array {
		return Value{}
	}
	for i, e := range v.elements() {
		if i == index {
			return e
		}
	}
	return Value{}
}

// elements gives the elements of an array.
func (v Value) elements() func(yield func(int, Value) bool) {
	return func(yield func(int, Value) bool) {
		if v.kind != Array {
			return
		}
		i := -1
		gjson.Parse(v.text).ForEach(func(_, e gjson.Result) bool {
			i++
			return yield(i, fromResult(e))
		})
	}
}

// appendJSON writes a value that is not undefined. A number keeps its digits.
func (v Value) appendJSON(b []byte) []byte {
	switch v.kind {
	case Bool:
		return strconv.AppendBool(b, v.num != 0)
	case String:
		return appendString(b, v.text)
	case Number, Array, Object:
		if v.text != "" {
			return append(b, v.text...)
		}
		text, _ := json.Marshal(v.num) // finite
		return append(b, text...)
	}
	return append(b, "null"...)
}

func appendString(b []byte, s string) []byte {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)
	return append(b, bytes.TrimSuffix(text.Bytes(), []byte("\n"))...)
}
