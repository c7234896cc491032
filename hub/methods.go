package hub

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"hubscope/hub/wire"
)

// Defaults of a [MethodCall] (protocol 2.7).
const (
	DefaultResponseTimeout = 30 * time.Second
	DefaultConnectTimeout  = 0
)

// MethodCall is a direct method to be invoked on a device or module (protocol 2.7).
type MethodCall struct {
	Name string
	// Payload is any JSON, at most 128 KB; nil is null.
	Payload json.RawMessage
	// ResponseTimeout is how long the device may take to answer, 5 to 300 s in
	// whole seconds; 0 is DefaultResponseTimeout.
	ResponseTimeout time.Duration
	// ConnectTimeout is how long to wait for a device that is not connected, 0 to
	// 300 s in whole seconds.
	ConnectTimeout time.Duration
}

// MethodResult is the device's answer.
type MethodResult struct {
	// Status is the device's own number, whatever it means by it.
	Status int
	// Payload is JSON, byte for byte as the service gave it.
	Payload json.RawMessage
	// Took is how long the call took, service included.
	Took time.Duration
}

// ErrMethodPayload says that the payload of a [MethodCall] is not JSON.
var ErrMethodPayload = errors.New("the payload of a direct method must be JSON")

// InvokeMethod runs a direct method on a device and waits for the answer. It is
// tried again only when the service was throttled or unavailable, never when a
// device may have run it. Errors: [ErrNotFound] for an unknown device (DeviceNotFound) and for one that
// is not connected (DeviceNotOnline), [ErrUnavailable] for a device that gave no
// answer in time (GatewayTimeout) or none that is JSON, [ErrTooLarge],
// [ErrBadRequest], [ErrMethodPayload].
func (c *Client) InvokeMethod(ctx context.Context, deviceID string, m MethodCall) (MethodResult, error) {
	return c.InvokeModuleMethod(ctx, deviceID, "", m)
}

// InvokeModuleMethod is [Client.InvokeMethod] for a module; with an empty module id, for the device.
func (c *Client) InvokeModuleMethod(ctx context.Context, deviceID, moduleID string, m MethodCall) (MethodResult, error) {
	k := call{
		op: "invoke " + strconv.Quote(m.Name) + " on " + nameOf(deviceID, moduleID), method: http.MethodPost,
		path: twinPath(deviceID, moduleID) + "/methods", body: m.wire(),
		timeout: m.responseTimeout() + m.ConnectTimeout + methodMargin,
	}
	if m.Payload != nil && !json.Valid(m.Payload) {
		return MethodResult{}, &callError{op: k.op, err: ErrMethodPayload}
	}
	began := time.Now()
	var w wire.MethodResponse
	if _, err := c.do(ctx, k, &w); err != nil {
		return MethodResult{}, err
	}
	return MethodResult{Status: w.Status, Payload: w.Payload, Took: time.Since(began)}, nil
}

// methodMargin lets the service say itself that a device did not answer.
const methodMargin = 15 * time.Second

func (m MethodCall) responseTimeout() time.Duration {
	if m.ResponseTimeout <= 0 {
		return DefaultResponseTimeout
	}
	return m.ResponseTimeout
}

func (m MethodCall) wire() wire.MethodRequest {
	response, connect := inSeconds(m.responseTimeout()), inSeconds(m.ConnectTimeout)
	w := wire.MethodRequest{
		MethodName: m.Name, Payload: m.Payload,
		ResponseTimeoutInSeconds: &response, ConnectTimeoutInSeconds: &connect,
	}
	if w.Payload == nil {
		w.Payload = json.RawMessage("null")
	}
	return w
}

// inSeconds rounds up.
func inSeconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
