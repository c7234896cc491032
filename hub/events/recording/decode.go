package recording

import (
	"encoding/base64"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/go-amqp"
	"github.com/google/uuid"
	"github.com/tidwall/gjson"

	"hubscope/hub/events"
)

// ErrVersion is a recording of a later version of the format than this program knows.
var ErrVersion = errors.New("the recording was written by a newer hubscope")

// Parse reads one line. Its errors are sentences; ErrVersion is among them.
func Parse(line []byte) (events.Event, error) {
	var e events.Event
	if !gjson.ValidBytes(line) {
		return e, errors.New("it is not JSON")
	}
	doc := gjson.ParseBytes(line) // a copy: what is taken from it is good for ever
	if !doc.IsObject() {
		return e, errors.New("it is not a JSON object")
	}
	d := decoder{e: &e}
	doc.ForEach(func(name, value gjson.Result) bool {
		d.member(name.String(), value)
		return d.err == nil
	})
	if d.err == nil && !d.known {
		d.err = errors.New("it is not an event")
	}
	if d.err != nil {
		return events.Event{}, d.err
	}
	if err := d.finish(); err != nil {
		return events.Event{}, err
	}
	return e, nil
}

// decoder gathers what needs several members.
type decoder struct {
	e                             *events.Event
	known                         bool // there was a member of an event
	body, base64                  gjson.Result
	application, system           gjson.Result
	applicationTypes, systemTypes gjson.Result
	err                           error
}

func (d *decoder) member(name string, value gjson.Result) {
	e := d.e
	before := d.known
	d.known = true
	switch name {
	case "formatVersion":
		if value.Num > Version {
			d.err = fmt.Errorf("%w: it has version %s, and this one reads up to %d", ErrVersion, value.Raw, Version)
		}
	case "deviceId":
		e.DeviceID = d.text(name, value)
	case "moduleId":
		e.ModuleID = d.text(name, value)
	case "partition":
		e.Partition = d.text(name, value)
	case "sequenceNumber":
		e.Sequence = d.number(name, value)
	case "offset":
		e.Offset = d.text(name, value)
	case "enqueuedTime":
		e.Enqueued = d.time(name, value)
	case "receivedTime":
		e.Received = d.time(name, value)
	case "messageSource":
		e.Source = d.text(name, value)
	case "messageId":
		e.MessageID = d.text(name, value)
	case "correlationId":
		e.CorrelationID = d.text(name, value)
	case "contentType":
		e.ContentType = d.text(name, value)
	case "contentEncoding":
		e.ContentEncoding = d.text(name, value)
	case "applicationProperties":
		d.application = value
	case "applicationPropertyTypes":
		d.applicationTypes = value
	case "systemProperties":
		d.system = value
	case "systemPropertyTypes":
		d.systemTypes = value
	case "body":
		d.body = value
	case "bodyBase64":
		d.base64 = value
	default: // of a later version that can be read by this one
		d.known = before
	}
}

func (d *decoder) finish() (err error) {
	if d.e.Properties, err = readProperties("applicationProperties", d.application, d.applicationTypes); err != nil {
		return err
	}
	if d.e.System, err = readProperties("systemProperties", d.system, d.systemTypes); err != nil {
		return err
	}
	switch {
	case d.base64.Exists():
		d.e.Body, err = base64.StdEncoding.DecodeString(d.base64.String())
		if err != nil {
			return errors.New("bodyBase64 is not base64")
		}
	case d.body.Type == gjson.String:
		d.e.Body = []byte(readText(d.body.Raw))
	case d.body.Exists():
		d.e.Body = []byte(d.body.Raw)
	}
	return nil
}

func (d *decoder) text(name string, v gjson.Result) string {
	if v.Type != gjson.String {
		d.err = fmt.Errorf("%s is not text", name)
		return ""
	}
	return readText(v.Raw)
}

func (d *decoder) number(name string, v gjson.Result) int64 {
	n, err := strconv.ParseInt(v.Raw, 10, 64)
	if err != nil {
		d.err = fmt.Errorf("%s is not a whole number", name)
	}
	return n
}

func (d *decoder) time(name string, v gjson.Result) time.Time {
	t, err := readTime(v)
	if err != nil {
		d.err = fmt.Errorf("%s is not a time", name)
	}
	return t
}

func readTime(v gjson.Result) (time.Time, error) {
	if v.Type == gjson.Number {
		ms, err := strconv.ParseInt(v.Raw, 10, 64)
		return time.UnixMilli(ms).UTC(), err
	}
	return time.Parse(time.RFC3339Nano, v.String())
}

func readProperties(name string, values, types gjson.Result) (map[string]any, error) {
	if !values.Exists() {
		return nil, nil
	}
	if !values.IsObject() {
		return nil, fmt.Errorf("%s is not an object", name)
	}
	m, err := readMap(values, types)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

func readMap(values, types gjson.Result) (m map[string]any, err error) {
	of := map[string]gjson.Result{}
	types.ForEach(func(name, t gjson.Result) bool {
		of[readText(name.Raw)] = t
		return true
	})
	m = map[string]any{}
	values.ForEach(func(name, value gjson.Result) bool {
		key := readText(name.Raw)
		m[key], err = readValue(value, of[key])
		if err != nil {
			err = fmt.Errorf("%s %w", key, err)
		}
		return err == nil
	})
	return m, err
}

// readValue makes a value of its JSON and its type; where there is no type the JSON tells it.
func readValue(v, t gjson.Result) (any, error) {
	switch {
	case t.Type == gjson.String:
		return readTyped(v, t.String())
	case t.IsObject() && v.IsArray() && t.Get(pairsAs).Exists():
		return readPairs(v, t.Get(pairsAs))
	}
	switch {
	case v.IsObject():
		return readMap(v, t.Get(fieldsOf))
	case v.IsArray():
		return readList(v, t.Get(itemsOf))
	case v.Type == gjson.String:
		return readText(v.Raw), nil
	case v.Type == gjson.Number && strings.ContainsAny(v.Raw, ".eE"):
		return readTyped(v, "double")
	case v.Type == gjson.Number:
		return readTyped(v, "long")
	}
	return v.Value(), nil
}

func readList(v, types gjson.Result) ([]any, error) {
	of := types.Array()
	list := []any{}
	for i, item := range v.Array() {
		var t gjson.Result
		if i < len(of) {
			t = of[i]
		}
		value, err := readValue(item, t)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, nil
}

var errPairs = errors.New("is not a list of pairs")

func readPairs(v, types gjson.Result) (map[any]any, error) {
	list, err := readList(v, gjson.Parse(types.Raw))
	if err != nil {
		return nil, err
	}
	m := make(map[any]any, len(list))
	for _, item := range list {
		pair, ok := item.([]any)
		if !ok || len(pair) != 2 || pair[0] != nil && !reflect.TypeOf(pair[0]).Comparable() {
			return nil, errPairs
		}
		m[pair[0]] = pair[1]
	}
	return m, nil
}

// readTyped makes a value of a type that is named.
func readTyped(v gjson.Result, name string) (any, error) {
	if elem, array := strings.CutSuffix(name, arrayOf); array {
		return readArray(v, elem)
	}
	t, known := types[name]
	if !known {
		return nil, fmt.Errorf("has the unknown type %q", name)
	}
	value, err := readScalar(v, t)
	if err != nil {
		return nil, fmt.Errorf("is not of type %s", name)
	}
	return value, nil
}

func readArray(v gjson.Result, elem string) (any, error) {
	t, known := types[elem]
	if !known || !v.IsArray() {
		return nil, fmt.Errorf("is no array of %q", elem)
	}
	list := reflect.MakeSlice(reflect.SliceOf(t), 0, 4)
	for _, item := range v.Array() {
		value, err := readScalar(item, t)
		if err != nil {
			return nil, fmt.Errorf("is no array of %s", elem)
		}
		list = reflect.Append(list, reflect.ValueOf(value))
	}
	return list.Interface(), nil
}

var errType = errors.New("another type")

func readScalar(v gjson.Result, t reflect.Type) (any, error) {
	text := v.Raw
	if v.Type == gjson.String {
		text = readText(v.Raw)
	}
	switch t {
	case reflect.TypeFor[string]():
		if v.Type != gjson.String {
			return nil, errType
		}
		return text, nil
	case reflect.TypeFor[bool]():
		return v.Bool(), nil
	case reflect.TypeFor[[]byte]():
		return base64.StdEncoding.DecodeString(text)
	case reflect.TypeFor[time.Time]():
		return readTime(v)
	case reflect.TypeFor[amqp.UUID]():
		id, err := uuid.Parse(text)
		return amqp.UUID(id), err
	}
	return readNumber(text, t)
}

func readNumber(text string, t reflect.Type) (any, error) {
	value := reflect.New(t).Elem()
	switch {
	case value.CanInt():
		n, err := strconv.ParseInt(text, 10, t.Bits())
		value.SetInt(n)
		return value.Interface(), err
	case value.CanUint():
		n, err := strconv.ParseUint(text, 10, t.Bits())
		value.SetUint(n)
		return value.Interface(), err
	}
	f, err := strconv.ParseFloat(text, t.Bits())
	value.SetFloat(f)
	return value.Interface(), err
}
