package filter

import (
	"cmp"
	"encoding/json"
	"strconv"
	"time"

	"github.com/tidwall/gjson"

	"hubscope/ui/monitor/field"
)

// kind is the type of a value. What is missing compares with nothing.
type kind uint8

const (
	missing kind = iota
	null
	number
	text
	boolean
	moment
	composite // an object or a list of JSON
)

// value is one part of an event, or a literal, without a box around it.
type value struct {
	kind  kind
	loose bool // text that stands for a number where one is needed: all of an event but its body travels as text
	flag  bool
	num   float64
	text  string // also the raw JSON of a composite
	time  time.Time
}

// operand gives a value of the event that is looked at.
type operand func(*probe) value

// numeric is the value as a number.
func (v *value) numeric() (float64, bool) {
	if v.kind == text && v.loose {
		n, err := strconv.ParseFloat(v.text, 64)
		return n, err == nil
	}
	return v.num, v.kind == number
}

// boxed is the value for functions of an expression; what is missing is nil.
func (v *value) boxed() any {
	switch v.kind {
	case number:
		return v.num
	case text:
		return v.text
	case boolean:
		return v.flag
	case moment:
		return v.time
	case composite:
		return gjson.Parse(v.text).Value()
	}
	return nil
}

// unboxed is the reverse.
func unboxed(from any) value {
	switch v := from.(type) {
	case nil:
		return value{kind: null}
	case string:
		return value{kind: text, text: v}
	case bool:
		return value{kind: boolean, flag: v}
	case float64:
		return value{kind: number, num: v}
	case int:
		return value{kind: number, num: float64(v)}
	case time.Time:
		return value{kind: moment, time: v}
	case time.Duration:
		return value{kind: number, num: v.Seconds()}
	case json.RawMessage:
		return value{kind: composite, text: string(v)}
	}
	return value{}
}

// read gives what a path names in an event.
func read(path field.Path) operand {
	switch path.Root() {
	case "body":
		return readBody(path)
	case "device":
		return func(p *probe) value { return textOf(p.e.DeviceID) }
	case "size":
		return func(p *probe) value { return value{kind: number, num: float64(len(p.e.Body))} }
	case "enqueued":
		return func(p *probe) value { return timeOf(p.e.Enqueued) }
	}
	return func(p *probe) value {
		found, is := path.Of(p.e)
		if !is {
			return value{}
		}
		v := unboxed(found)
		v.loose = true
		return v
	}
}

func textOf(s string) value {
	if s == "" {
		return value{}
	}
	return value{kind: text, loose: true, text: s}
}

func timeOf(t time.Time) value {
	if t.IsZero() {
		return value{}
	}
	return value{kind: moment, time: t}
}

func readBody(path field.Path) operand {
	if len(path.Names()) == 0 {
		return func(p *probe) value {
			if len(p.body()) == 0 {
				return value{}
			}
			return value{kind: text, text: p.bodyText()}
		}
	}
	return func(p *probe) value {
		r := path.In(p.body())
		switch r.Type {
		case gjson.Number:
			return value{kind: number, num: r.Num}
		case gjson.String:
			return value{kind: text, text: r.Str}
		case gjson.True, gjson.False:
			return value{kind: boolean, flag: r.Type == gjson.True}
		case gjson.JSON:
			return value{kind: composite, text: r.Raw}
		}
		if r.Exists() {
			return value{kind: null}
		}
		return value{}
	}
}

// order compares two values of one type; there is no order between others.
func order(a, b *value) (n int, comparable bool) {
	switch {
	case a.kind == text && b.kind == text:
		return cmp.Compare(a.text, b.text), true
	case a.kind == moment && b.kind == moment:
		return a.time.Compare(b.time), true
	case a.kind == boolean && b.kind == boolean:
		return btoi(a.flag) - btoi(b.flag), true
	case a.kind == number && b.kind == number, a.kind == number && b.loose, a.loose && b.kind == number:
		x, okX := a.numeric()
		y, okY := b.numeric()
		return cmp.Compare(x, y), okX && okY
	}
	return 0, false
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// words is the value as a text.
func (v *value) words() string {
	switch v.kind {
	case number:
		return plainNumber(v.num)
	case boolean:
		return strconv.FormatBool(v.flag)
	case moment:
		return v.time.UTC().Format(time.RFC3339Nano)
	}
	return v.text
}
