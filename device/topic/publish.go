package topic

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrTopic says that a topic is none that IoT Hub knows. The hub closes the connection of a device
// that publishes to one (protocol 4.1).
var ErrTopic = errors.New("not a topic of IoT Hub")

// Kind tells what a device wants with a PUBLISH.
type Kind uint8

// The kinds of PUBLISH that IoT Hub takes (protocol 4.2).
const (
	TelemetryKind  Kind = iota + 1 // a device-to-cloud message
	TwinGet                        // ask for the own twin
	TwinPatch                      // change reported properties
	MethodResponse                 // answer a direct method
)

// String names the kind as a log line would.
func (k Kind) String() string {
	switch k {
	case TelemetryKind:
		return "telemetry"
	case TwinGet:
		return "twin get"
	case TwinPatch:
		return "reported properties"
	case MethodResponse:
		return "method response"
	default:
		return "unknown"
	}
}

// Publish is the topic of a PUBLISH from a device, taken apart.
type Publish struct {
	Kind Kind
	// DeviceID and ModuleID stand in telemetry topics only; ModuleID is empty for a device. The
	// hub checks them against the connection's identity.
	DeviceID, ModuleID string
	// Bag is the whole property bag, of every kind of topic.
	Bag Bag
	// RequestID ($rid) ties an answer to its question; all kinds but telemetry have it.
	RequestID string
	// Status is the answer's status, of a MethodResponse: the device's own number, or NoStatus when it
	// is not a number, which makes the hub ignore the answer (protocol 4.3).
	Status int
	// Version ($version) makes a TwinPatch conditional; nil when absent.
	Version *int64
}

// NoStatus stands for a status that is not a number.
const NoStatus = -1 << 31

const (
	twinPrefix      = "$iothub/twin/"
	methodsPrefix   = "$iothub/methods/"
	getTopic        = twinPrefix + "GET/"
	reportedTopic   = twinPrefix + "PATCH/properties/reported/"
	desiredTopic    = twinPrefix + "PATCH/properties/desired/"
	twinResTopic    = twinPrefix + "res/"
	methodResTopic  = methodsPrefix + "res/"
	methodPostTopic = methodsPrefix + "POST/"

	devicesPrefix = "devices/"
	modulesPart   = "modules/"
	eventsPart    = "messages/events"
	boundPart     = "messages/devicebound"
	inputsPart    = "inputs/"
)

// ParsePublish takes apart the topic of a PUBLISH from a device (protocol 4.2). The error is
// ErrTopic for a topic that IoT Hub does not know and ErrBag for a malformed property bag; for
// both the hub closes the connection.
func ParsePublish(topic string) (Publish, error) {
	switch {
	case strings.HasPrefix(topic, devicesPrefix):
		return parseTelemetry(topic)
	case strings.HasPrefix(topic, getTopic):
		return parseRequest(TwinGet, topic[len(getTopic):])
	case strings.HasPrefix(topic, reportedTopic):
		return parsePatch(topic[len(reportedTopic):])
	case strings.HasPrefix(topic, methodResTopic):
		return parseMethodResponse(topic[len(methodResTopic):])
	default:
		return Publish{}, unknownTopic(topic)
	}
}

func parseTelemetry(topic string) (Publish, error) {
	deviceID, moduleID, rest, ok := cutIdentity(topic)
	if !ok {
		return Publish{}, unknownTopic(topic)
	}
	tail, ok := strings.CutPrefix(rest, eventsPart)
	if !ok || tail != "" && tail[0] != '/' {
		return Publish{}, unknownTopic(topic)
	}
	bag, err := parseLastSegment(tail)
	if err != nil {
		return Publish{}, err
	}
	return Publish{Kind: TelemetryKind, DeviceID: deviceID, ModuleID: moduleID, Bag: bag}, nil
}

// cutIdentity splits "devices/{id}/rest" or "devices/{id}/modules/{mid}/rest".
func cutIdentity(topic string) (deviceID, moduleID, rest string, ok bool) {
	rest, ok = strings.CutPrefix(topic, devicesPrefix)
	if !ok {
		return "", "", "", false
	}
	deviceID, rest, ok = strings.Cut(rest, "/")
	if !ok || deviceID == "" {
		return "", "", "", false
	}
	tail, isModule := strings.CutPrefix(rest, modulesPart)
	if !isModule {
		return deviceID, "", rest, true
	}
	moduleID, rest, ok = strings.Cut(tail, "/")
	return deviceID, moduleID, rest, ok && moduleID != ""
}

// parseLastSegment reads the bag from "", "/", "/bag" or "/bag/". The C# SDK ends its topics with a
// slash; a slash inside the bag is a value that its writer left bare.
func parseLastSegment(tail string) (Bag, error) {
	tail = strings.TrimPrefix(tail, "/")
	return ParseBag(strings.TrimSuffix(tail, "/"))
}

func parseRequest(kind Kind, tail string) (Publish, error) {
	query, ok := strings.CutPrefix(tail, "?")
	if !ok {
		return Publish{}, fmt.Errorf("%w: %s without a query", ErrTopic, kind)
	}
	bag, err := ParseBag(strings.TrimSuffix(query, "/"))
	if err != nil {
		return Publish{}, err
	}
	rid, ok := bag.Get(RequestID)
	if !ok {
		return Publish{}, fmt.Errorf("%w: %s without %s", ErrTopic, kind, RequestID)
	}
	return Publish{Kind: kind, Bag: bag, RequestID: rid}, nil
}

func parsePatch(tail string) (Publish, error) {
	p, err := parseRequest(TwinPatch, tail)
	if err != nil {
		return Publish{}, err
	}
	p.Version, err = version(p.Bag)
	return p, err
}

func parseMethodResponse(tail string) (Publish, error) {
	number, query, ok := strings.Cut(tail, "/")
	if !ok {
		return Publish{}, fmt.Errorf("%w: a method response without a query", ErrTopic)
	}
	p, err := parseRequest(MethodResponse, query)
	if err != nil {
		return Publish{}, err
	}
	p.Status, err = strconv.Atoi(number)
	if err != nil {
		p.Status = NoStatus
	}
	return p, nil
}

func version(bag Bag) (*int64, error) {
	text, ok := bag.Get(Version)
	if !ok {
		return nil, nil
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is not a number", ErrTopic, Version)
	}
	return &v, nil
}

func unknownTopic(topic string) error {
	return fmt.Errorf("%w: %q", ErrTopic, topic)
}
