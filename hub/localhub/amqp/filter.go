package amqp

import (
	"strconv"
	"strings"
	"time"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
)

// The selector filter, by name and by number (protocol 7.5).
const (
	selectorName = "apache.org:selector-filter:string"
	selectorCode = 0x0000468C00000004
)

// startPosition reads where a receiver wants to start from the filters of its
// source; without any it is the first event.
func startPosition(filters frame.Map) (core.Position, error) {
	from := core.Position{Kind: core.Earliest}
	for _, f := range filters {
		text, err := selector(f)
		if err != nil {
			return from, err
		}
		if from, err = parseSelector(text); err != nil {
			return from, err
		}
	}
	return from, nil
}

// selector returns the expression of a filter. The descriptor decides; old
// clients send the bare string under the filter's name.
func selector(f frame.Pair) (string, error) {
	key, _ := frame.Text(f.Key)
	value := f.Value
	isSelector := key == selectorName
	if d, ok := f.Value.(frame.Described); ok {
		value = d.Value
		name, _ := frame.Text(d.Descriptor)
		isSelector = d.Descriptor == any(uint64(selectorCode)) || name == selectorName
	}
	text, ok := frame.Text(value)
	if !isSelector || !ok {
		return "", fault(condNotAllowed, "The source contains invalid filter type. System only support Jms or Apache selector filter type. Filter: '%s'.", key)
	}
	return text, nil
}

const annotationPrefix = "amqp.annotation."

// parseSelector reads an expression of the form
//
//	amqp.annotation.x-opt-… > 'value'
//
// with > or >=, the value quoted or not (protocol 7.5).
func parseSelector(text string) (core.Position, error) {
	name, value, inclusive, ok := splitSelector(text)
	if !ok {
		return core.Position{}, badSelector(text)
	}
	pos, ok := position(strings.ToLower(name), value)
	if !ok {
		return core.Position{}, badSelector(text)
	}
	pos.Inclusive = inclusive
	return pos, nil
}

func badSelector(text string) error {
	return fault(condNotAllowed, "The filter expression '%.200s' is not supported.", text)
}

func splitSelector(text string) (name, value string, inclusive, ok bool) {
	name, value, ok = strings.Cut(text, ">")
	if !ok {
		return "", "", false, false
	}
	value, inclusive = strings.CutPrefix(value, "=")
	name, ok = cutPrefixFold(strings.TrimSpace(name), annotationPrefix)
	if !ok {
		return "", "", false, false
	}
	value, ok = unquote(strings.TrimSpace(value))
	return name, value, inclusive, ok
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

func unquote(s string) (string, bool) {
	if !strings.HasPrefix(s, "'") {
		return s, s != "" && !strings.ContainsAny(s, "' \t")
	}
	if len(s) < 2 || !strings.HasSuffix(s, "'") {
		return "", false
	}
	s = s[1 : len(s)-1]
	return s, s != "" && !strings.Contains(s, "'")
}

func position(annotation, value string) (core.Position, bool) {
	switch annotation {
	case "x-opt-offset":
		return offsetPosition(value)
	case "x-opt-sequence-number":
		n, err := strconv.ParseInt(value, 10, 64)
		return core.Position{Kind: core.Sequence, Sequence: n}, err == nil
	case "x-opt-enqueued-time", "x-opt-enqueuedtimeutc":
		ms, err := strconv.ParseInt(value, 10, 64)
		return core.Position{Kind: core.Enqueued, Time: time.UnixMilli(ms)}, err == nil
	}
	return core.Position{}, false
}

func offsetPosition(value string) (core.Position, bool) {
	switch {
	case value == "-1":
		return core.Position{Kind: core.Earliest}, true
	case strings.EqualFold(value, "@latest"):
		return core.Position{Kind: core.Latest}, true
	}
	_, err := strconv.ParseInt(value, 10, 64)
	return core.Position{Kind: core.Offset, Offset: value}, err == nil
}
