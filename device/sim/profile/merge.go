package profile

import (
	"maps"
	"reflect"
)

// merged gives an object with a patch in it, as a twin is patched: null takes away (protocol 2.5).
func merged(of, patch map[string]any) map[string]any {
	out := maps.Clone(of)
	if out == nil {
		out = map[string]any{}
	}
	for name, v := range patch {
		inner, isObject := v.(map[string]any)
		switch {
		case v == nil:
			delete(out, name)
		case isObject:
			before, _ := out[name].(map[string]any)
			out[name] = merged(before, inner)
		default:
			out[name] = v
		}
	}
	return out
}

// difference is the patch that makes one object of another.
func difference(from, to map[string]any) map[string]any {
	out := map[string]any{}
	for name := range from {
		if _, stays := to[name]; !stays {
			out[name] = nil
		}
	}
	for name, v := range to {
		before, was := from[name]
		if was && reflect.DeepEqual(before, v) {
			continue
		}
		inner, isObject := v.(map[string]any)
		old, wasObject := before.(map[string]any)
		if isObject && wasObject {
			v = difference(old, inner)
		}
		out[name] = v
	}
	return out
}

// find follows a path; touched tells whether the object says something about it, be it that it goes: also when something
// else stands on the way.
func find(of map[string]any, path []string) (v any, touched bool) {
	for i, name := range path {
		v, touched = of[name]
		if !touched || v == nil || i == len(path)-1 {
			return v, touched
		}
		inner, ok := v.(map[string]any)
		if !ok {
			return nil, true
		}
		of = inner
	}
	return nil, false
}

// replace gives an object with another value at a path.
func replace(of map[string]any, path []string, with any) map[string]any {
	out := maps.Clone(of)
	if len(path) == 1 {
		out[path[0]] = with
		return out
	}
	inner, _ := out[path[0]].(map[string]any)
	out[path[0]] = replace(inner, path[1:], with)
	return out
}
