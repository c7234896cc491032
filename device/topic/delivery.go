package topic

import (
	"fmt"
	"strconv"
	"strings"
)

// DeliveryKind tells what the hub sends to a device.
type DeliveryKind uint8

// What the hub delivers (protocol 4.2).
const (
	CloudToDevice   DeliveryKind = iota + 1 // a cloud-to-device message
	InputMessage                            // a message to an input of a module
	TwinAnswer                              // the answer to ReadTwin or ReportedPatch
	DesiredChanged                          // desired properties changed
	MethodRequested                         // a direct method is called
)

// Delivery is the topic of a PUBLISH from the hub, taken apart by the device.
type Delivery struct {
	Kind DeliveryKind
	// DeviceID and ModuleID stand in message topics only.
	DeviceID, ModuleID string
	// Name is the method or the input.
	Name string
	// Bag is the property bag of a message, or the query of the others.
	Bag Bag
	// RequestID ties a twin answer to its question, and a method answer to its call.
	RequestID string
	// Status of a twin answer, as of HTTP.
	Status int
	// Version of the desired or reported properties; nil when absent.
	Version *int64
}

// ParseDelivery takes apart the topic of a PUBLISH from the hub. The error is ErrTopic or ErrBag.
func ParseDelivery(topic string) (Delivery, error) {
	switch {
	case strings.HasPrefix(topic, devicesPrefix):
		return parseMessage(topic)
	case strings.HasPrefix(topic, twinResTopic):
		return parseTwinAnswer(topic[len(twinResTopic):])
	case strings.HasPrefix(topic, desiredTopic):
		return parseQuery(Delivery{Kind: DesiredChanged}, topic[len(desiredTopic):])
	case strings.HasPrefix(topic, methodPostTopic):
		return parseMethodCall(topic[len(methodPostTopic):])
	default:
		return Delivery{}, unknownTopic(topic)
	}
}

func parseMessage(topic string) (Delivery, error) {
	deviceID, moduleID, rest, ok := cutIdentity(topic)
	if !ok {
		return Delivery{}, unknownTopic(topic)
	}
	d := Delivery{Kind: CloudToDevice, DeviceID: deviceID, ModuleID: moduleID}
	tail, ok := strings.CutPrefix(rest, boundPart)
	if moduleID != "" {
		tail, ok = strings.CutPrefix(rest, inputsPart)
		d.Kind = InputMessage
		d.Name, tail, _ = strings.Cut(tail, "/")
		ok = ok && d.Name != ""
		tail = "/" + tail
	}
	if !ok || tail != "" && tail[0] != '/' {
		return Delivery{}, unknownTopic(topic)
	}
	bag, err := parseLastSegment(tail)
	d.Bag = bag
	return d, err
}

func parseTwinAnswer(tail string) (Delivery, error) {
	number, query, _ := strings.Cut(tail, "/")
	status, err := strconv.Atoi(number)
	if err != nil {
		return Delivery{}, fmt.Errorf("%w: the status of a twin answer is not a number", ErrTopic)
	}
	return parseQuery(Delivery{Kind: TwinAnswer, Status: status}, query)
}

func parseMethodCall(tail string) (Delivery, error) {
	name, query, ok := strings.Cut(tail, "/")
	if !ok || name == "" {
		return Delivery{}, fmt.Errorf("%w: a method call without a name", ErrTopic)
	}
	return parseQuery(Delivery{Kind: MethodRequested, Name: name}, query)
}

func parseQuery(d Delivery, tail string) (Delivery, error) {
	bag, err := ParseBag(strings.TrimSuffix(tail, "/"))
	if err != nil {
		return Delivery{}, err
	}
	d.Bag = bag
	d.RequestID, _ = bag.Get(RequestID)
	d.Version, err = version(bag)
	return d, err
}
