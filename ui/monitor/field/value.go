package field

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/tidwall/gjson"

	"hubscope/hub/events/payload"
	"hubscope/ui/monitor/history"
)

// plain are the fields that are one value. An empty text is no value.
var plain = map[string]func(*history.Event) any{
	"device":          func(e *history.Event) any { return e.DeviceID },
	"module":          func(e *history.Event) any { return e.ModuleID },
	"partition":       func(e *history.Event) any { return e.Partition },
	"sequence":        func(e *history.Event) any { return float64(e.Sequence) },
	"offset":          func(e *history.Event) any { return e.Offset },
	"enqueued":        func(e *history.Event) any { return e.Enqueued },
	"received":        func(e *history.Event) any { return e.Received },
	"source":          func(e *history.Event) any { return history.SourceName(e.Source) },
	"size":            func(e *history.Event) any { return float64(len(e.Body)) },
	"messageId":       func(e *history.Event) any { return e.MessageID },
	"correlationId":   func(e *history.Event) any { return e.CorrelationID },
	"contentType":     func(e *history.Event) any { return e.ContentType },
	"contentEncoding": func(e *history.Event) any { return e.ContentEncoding },
}

// Of gives the value in an event: string, float64, bool, time.Time, nil for JSON's null, json.RawMessage for an object
// or a list, and the wire's own type for a property that is none of these. It unpacks the body where it has to, which
// may take long.
func (p Path) Of(e *history.Event) (value any, found bool) {
	if p.root != body {
		return p.With(e, nil)
	}
	data := e.Body
	if !payload.IsPlain(e.ContentType, e.ContentEncoding, data) {
		data = payload.Decode(e.ContentType, e.ContentEncoding, data).Data
	}
	return p.With(e, data)
}

// With is Of with a body that is unpacked already.
func (p Path) With(e *history.Event, data []byte) (value any, found bool) {
	switch p.root {
	case "":
		return nil, false
	case body:
		return p.inBody(data)
	case properties:
		e.Open()
		return attribute(e.Application, p.names[0])
	case system:
		e.Open()
		return attribute(e.Annotations, p.names[0])
	}
	value = plain[p.root](e)
	return value, value != "" && value != time.Time{}
}

// NeedsBody tells whether the path is of the body.
func (p Path) NeedsBody() bool { return p.root == body }

// Number is With for charts: numbers, texts that are numbers, and true and false as 1 and 0.
func (p Path) Number(e *history.Event, data []byte) (float64, bool) {
	value, found := p.With(e, data)
	if !found {
		return 0, false
	}
	switch v := value.(type) {
	case float64:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case string:
		f, err := strconv.ParseFloat(v, 64)
		return f, err == nil
	case time.Time:
		return float64(v.UnixMilli()) / 1000, true
	}
	return toFloat(value)
}

func (p Path) inBody(data []byte) (any, bool) {
	if p.json == "" {
		return string(data), len(data) > 0
	}
	if !looksLikeJSON(data) {
		return nil, false
	}
	r := gjson.GetBytes(data, p.json)
	if !r.Exists() {
		return nil, false
	}
	switch r.Type {
	case gjson.Null:
		return nil, true
	case gjson.JSON:
		return json.RawMessage(r.Raw), true
	default:
		return r.Value(), true
	}
}

// looksLikeJSON spares gjson a search through text: it takes what it gets for JSON.
func looksLikeJSON(data []byte) bool {
	for _, c := range data {
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		}
		return c == '{' || c == '['
	}
	return false
}

func attribute(list []history.Attribute, name string) (any, bool) {
	at, found := slices.BinarySearchFunc(list, name, func(a history.Attribute, name string) int { return cmp.Compare(a.Name, name) })
	if !found {
		return nil, false
	}
	return common(list[at].Value), true
}

// common makes the many numbers of AMQP one.
func common(value any) any {
	switch v := value.(type) {
	case []byte:
		return string(v)
	case *time.Time:
		if v != nil {
			return *v
		}
		return nil
	}
	if f, ok := toFloat(value); ok {
		return f
	}
	return value
}

func toFloat(value any) (float64, bool) {
	switch v := value.(type) {
	case float64:
		return v, true
	case float32:
		return float64(v), true
	case int:
		return float64(v), true
	case int8:
		return float64(v), true
	case int16:
		return float64(v), true
	case int32:
		return float64(v), true
	case int64:
		return float64(v), true
	case uint:
		return float64(v), true
	case uint8:
		return float64(v), true
	case uint16:
		return float64(v), true
	case uint32:
		return float64(v), true
	case uint64:
		return float64(v), true
	}
	return 0, false
}
