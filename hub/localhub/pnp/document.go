// Package pnp shows a device twin as a digital twin of IoT Plug and Play, and
// turns what is written to that into a write to the twin (protocol 2.10).
//
// The hub knows no models. What is a component shows in the twin: its object has
// the member "__t" with the value "c", by the Plug and Play convention.
package pnp

import (
	"encoding/json"
	"fmt"

	"hubscope/hub/wire"
)

// What marks a component in a twin.
const (
	marker          = "__t"
	markerComponent = "c"
)

type object = map[string]any

// Document is the digital twin of a device or module.
func Document(t wire.Twin) (map[string]any, error) {
	var desired, reported object
	if p := t.Properties; p != nil {
		for _, half := range []struct {
			text json.RawMessage
			to   *object
		}{{p.Desired, &desired}, {p.Reported, &reported}} {
			if err := decode(half.text, half.to); err != nil {
				return nil, fmt.Errorf("read the twin of %s: %w", t.DeviceID, err)
			}
		}
	}
	members := level(desired, reported, child(desired, "$metadata"), child(reported, "$metadata"), true)
	members["$dtId"] = t.DeviceID
	members["$metadata"].(object)["$model"] = t.ModelID
	return members, nil
}

func decode(text json.RawMessage, to *object) error {
	if len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, to)
}

// level makes the digital twin of the root or of a component.
func level(desired, reported, desiredMeta, reportedMeta object, root bool) object {
	members, metadata := object{}, object{}
	members["$metadata"] = metadata
	for name := range union(desired, reported) {
		if name == marker || name == "$metadata" || name == "$version" {
			continue
		}
		if root && (isComponent(desired[name]) || isComponent(reported[name])) {
			members[name] = level(child(desired, name), child(reported, name), child(desiredMeta, name), child(reportedMeta, name), false)
			continue
		}
		about := object{}
		if value, wanted := desired[name]; wanted {
			about["desiredValue"] = value
			about["desiredVersion"] = child(desiredMeta, name)["$lastUpdatedVersion"]
		}
		if value, told := reported[name]; told {
			members[name] = acknowledged(value, about)
			about["lastUpdateTime"] = child(reportedMeta, name)["$lastUpdated"]
		}
		metadata[name] = about
	}
	return members
}

// acknowledged takes the value out of a device's answer to a writable property,
// and notes the rest: {"value":..,"ac":200,"av":3,"ad":".."}.
func acknowledged(value any, about object) any {
	answer, ok := value.(object)
	if !ok {
		return value
	}
	inner, hasValue := answer["value"]
	code, hasCode := answer["ac"]
	if !hasValue || !hasCode {
		return value
	}
	about["ackCode"] = code
	if version, ok := answer["av"]; ok {
		about["ackVersion"] = version
	}
	if text, ok := answer["ad"]; ok {
		about["ackDescription"] = text
	}
	return inner
}

func isComponent(value any) bool {
	o, ok := value.(object)
	return ok && o[marker] == markerComponent
}

// child is nil when there is no such object.
func child(o object, name string) object {
	below, _ := o[name].(object)
	return below
}

func union(a, b object) map[string]struct{} {
	all := make(map[string]struct{}, len(a)+len(b))
	for name := range a {
		all[name] = struct{}{}
	}
	for name := range b {
		all[name] = struct{}{}
	}
	return all
}
