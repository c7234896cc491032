package values

import (
	"strings"

	"github.com/tidwall/gjson"

	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/history"
)

// Bounds of the search for fields in a body.
const (
	maxDepth     = 4
	maxPerEvent  = 60
	maxNameBytes = 100
)

// InBody gives the fields of a body that hold one value: text, a number, true, false or null; in their order.
func InBody(data []byte) []field.Path {
	trimmed := strings.TrimLeft(string(data), " \t\r\n")
	if !strings.HasPrefix(trimmed, "{") || !gjson.Valid(trimmed) {
		return nil
	}
	var found []field.Path
	walk(gjson.Parse(trimmed), nil, &found)
	return found
}

func walk(of gjson.Result, names []string, found *[]field.Path) {
	of.ForEach(func(key, value gjson.Result) bool {
		if len(key.Str) > maxNameBytes || key.Str == "" {
			return len(*found) < maxPerEvent
		}
		inside := append(names[:len(names):len(names)], key.Str)
		switch {
		case !value.IsObject() && !value.IsArray():
			*found = append(*found, field.Of("body", inside...))
		case value.IsObject() && len(inside) < maxDepth:
			walk(value, inside, found)
		}
		return len(*found) < maxPerEvent
	})
}

// Of gives all fields of an event that hold one value: those of its body, which is given unpacked, its properties, its
// annotations.
func Of(e *history.Event, body []byte) []field.Path {
	found := InBody(body)
	for _, list := range []struct {
		root string
		of   []history.Attribute
	}{{"properties", e.Application}, {"system", e.Annotations}} {
		for _, a := range list.of {
			if a.Name == "" || len(a.Name) > maxNameBytes {
				continue
			}
			if path, err := field.Parse(list.root + "." + a.Name); err == nil {
				found = append(found, path)
			}
		}
	}
	return found
}
