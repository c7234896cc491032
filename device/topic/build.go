package topic

import "strconv"

// Telemetry is the topic of a device-to-cloud message; moduleID is empty for a device. Identifiers
// are not encoded (protocol 1.5).
func Telemetry(deviceID, moduleID string, b Bag) string {
	return identity(deviceID, moduleID) + eventsPart + "/" + b.Encode()
}

// ReadTwin is the topic on which a device asks for its twin; publish with an empty body.
func ReadTwin(requestID string) string {
	return getTopic + query(requestID, nil)
}

// ReportedPatch is the topic on which a device changes its reported properties. A version makes
// the change conditional; nil leaves it out.
func ReportedPatch(requestID string, version *int64) string {
	return reportedTopic + query(requestID, version)
}

// MethodAnswer is the topic on which a device answers a direct method.
func MethodAnswer(status int, requestID string) string {
	return methodResTopic + strconv.Itoa(status) + "/" + query(requestID, nil)
}

// DeviceBound is the topic on which the hub delivers a cloud-to-device message.
func DeviceBound(deviceID string, b Bag) string {
	return identity(deviceID, "") + boundPart + "/" + b.Encode()
}

// ModuleInput is the topic on which the hub delivers a message to an input of a module.
func ModuleInput(deviceID, moduleID, input string, b Bag) string {
	return identity(deviceID, moduleID) + inputsPart + input + "/" + b.Encode()
}

// TwinResponse is the topic on which the hub answers ReadTwin and ReportedPatch. The version is
// the new one of the reported properties after a change; nil leaves it out.
func TwinResponse(status int, requestID string, version *int64) string {
	return twinResTopic + strconv.Itoa(status) + "/" + query(requestID, version)
}

// DesiredPatch is the topic on which the hub tells a device of changed desired properties.
func DesiredPatch(version int64) string {
	return desiredTopic + "?" + Version + "=" + strconv.FormatInt(version, 10)
}

// MethodCall is the topic on which the hub calls a direct method.
func MethodCall(name, requestID string) string {
	return methodPostTopic + name + "/" + query(requestID, nil)
}

func identity(deviceID, moduleID string) string {
	if moduleID == "" {
		return devicesPrefix + deviceID + "/"
	}
	return devicesPrefix + deviceID + "/" + modulesPart + moduleID + "/"
}

// query writes the keys of twin and method topics bare, as every SDK looks for them.
func query(requestID string, version *int64) string {
	text := "?" + RequestID + "=" + Bag{{Key: requestID}}.Encode()
	if version != nil {
		text += "&" + Version + "=" + strconv.FormatInt(*version, 10)
	}
	return text
}
