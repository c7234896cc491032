package profile

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// ref is what a template refers to: a value, something that every device has, or an expression over them.
type ref struct {
	op       refOp
	index    int      // of a value
	path     []string // into an object
	program  *program
	constant *value
	kind     valueKind // of what it gives, as far as it is known
	at       int       // in the file
}

type refOp uint8

const (
	refValue refOp = iota
	refDevice
	refNumber
	refNow
	refUptime
	refDesired
	refPayload
	refProgram
	refConstant
)

var errNotANumber = errors.New("the result is not a number: something was divided by zero or became too great")

// run is one go at making something: a message, an answer, a report.
type run struct {
	device  *Device
	now     time.Time
	n       int64
	payload any
	still   bool // values do not move on
}

// get gives what is referred to. It may change the device: values move on.
func (r *ref) get(in *run) (value, error) {
	var v value
	switch r.op {
	case refValue:
		c, err := in.device.value(in, r.index)
		if err != nil {
			return value{}, err
		}
		if len(r.path) == 0 {
			return c.value, nil
		}
		return lookUp(c.value.object, r.path), nil
	case refDevice:
		v = textOf(in.device.id)
	case refNumber:
		v = wholeOf(in.n)
	case refNow:
		v = textOf(in.now.UTC().Format(nowFormat))
	case refUptime:
		v = numberOf(in.device.elapsed(in.now).Seconds(), shortest)
	case refDesired:
		return countable(lookUp(in.device.desired, r.path)), nil
	case refPayload:
		return countable(lookUp(in.payload, r.path)), nil
	case refProgram:
		return r.program.run(in)
	case refConstant:
		return *r.constant, nil
	}
	if len(r.path) > 0 {
		return value{}, nil
	}
	return v, nil
}

const nowFormat = "2006-01-02T15:04:05.000Z"

// lookUp follows a path into an object; what is not there is null.
func lookUp(of any, path []string) value {
	for _, name := range path {
		switch at := of.(type) {
		case map[string]any:
			of = at[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(at) {
				return value{}
			}
			of = at[i]
		default:
			return value{}
		}
	}
	return valueOf(of)
}

// holds is whether a condition is true; it is an error when it is neither true nor false.
func (r *ref) holds(in *run) (bool, error) {
	v, err := r.get(in)
	if err != nil {
		return false, err
	}
	switch v.kind {
	case boolValue:
		return v.whole != 0, nil
	case nullValue:
		return false, nil
	}
	text, _ := v.appendJSON(nil)
	return false, fmt.Errorf("the condition is %s, neither true nor false", shorten(string(text)))
}

func shorten(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
