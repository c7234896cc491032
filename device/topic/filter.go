package topic

import (
	"fmt"
	"strings"
)

// FilterKind tells what a device wants to receive.
type FilterKind uint8

// What a device may subscribe to (protocol 4.2).
const (
	DeviceBoundFilter       FilterKind = iota + 1 // cloud-to-device messages
	ModuleInputFilter                             // messages to the inputs of a module
	TwinResponseFilter                            // answers to twin requests
	DesiredFilter                                 // changes of desired properties
	MethodFilter                                  // direct method calls
	EverythingBoundToModule                       // all that is sent to a module (the C# SDK's filter)
)

// Filter is a topic filter of a SUBSCRIBE, taken apart.
type Filter struct {
	Kind FilterKind
	// DeviceID and ModuleID stand in filters for messages; the hub checks them against the identity.
	DeviceID, ModuleID string
	// Name narrows a filter to one method or one input; empty for all.
	Name string
}

// Filters of a SUBSCRIBE, ready to send.
const (
	TwinResponses  = twinResTopic + "#"
	DesiredPatches = desiredTopic + "#"
	MethodCalls    = methodPostTopic + "#"
)

// DeviceBoundMessages is the filter for the cloud-to-device messages of a device.
func DeviceBoundMessages(deviceID string) string {
	return identity(deviceID, "") + boundPart + "/#"
}

// ModuleInputs is the filter for the messages to all inputs of a module.
func ModuleInputs(deviceID, moduleID string) string {
	return identity(deviceID, moduleID) + inputsPart + "#"
}

// ParseFilter takes apart a topic filter (protocol 4.2). The error is ErrTopic for a filter that IoT
// Hub does not know, for which the hub grants nothing (0x80).
func ParseFilter(filter string) (Filter, error) {
	switch {
	case filter == TwinResponses:
		return Filter{Kind: TwinResponseFilter}, nil
	case filter == DesiredPatches:
		return Filter{Kind: DesiredFilter}, nil
	case strings.HasPrefix(filter, methodPostTopic):
		return parseNamed(Filter{Kind: MethodFilter}, filter[len(methodPostTopic):], filter)
	case strings.HasPrefix(filter, devicesPrefix):
		return parseMessageFilter(filter)
	default:
		return Filter{}, unknownFilter(filter)
	}
}

func parseMessageFilter(filter string) (Filter, error) {
	deviceID, moduleID, rest, ok := cutIdentity(filter)
	if !ok {
		return Filter{}, unknownFilter(filter)
	}
	f := Filter{DeviceID: deviceID, ModuleID: moduleID}
	if moduleID == "" {
		f.Kind = DeviceBoundFilter
		if rest != boundPart+"/#" {
			return Filter{}, unknownFilter(filter)
		}
		return f, nil
	}
	if rest == "#" {
		f.Kind = EverythingBoundToModule
		return f, nil
	}
	input, ok := strings.CutPrefix(rest, inputsPart)
	if !ok {
		return Filter{}, unknownFilter(filter)
	}
	f.Kind = ModuleInputFilter
	return parseNamed(f, input, filter)
}

// parseNamed reads "#" or "{name}/#".
func parseNamed(f Filter, tail, filter string) (Filter, error) {
	if tail == "#" {
		return f, nil
	}
	name, ok := strings.CutSuffix(tail, "/#")
	if !ok || name == "" || strings.ContainsAny(name, "/+#") {
		return Filter{}, unknownFilter(filter)
	}
	f.Name = name
	return f, nil
}

func unknownFilter(filter string) error {
	return fmt.Errorf("%w: filter %q", ErrTopic, filter)
}
