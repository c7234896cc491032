package ui

import (
	"context"
	"encoding/json"
	"time"

	"hubscope/hub"
)

// InvokeModuleMethod answers with what was sent, in 12 ms, when the device is connected.
func (r *registry) InvokeModuleMethod(_ context.Context, id, _ string, m hub.MethodCall) (hub.MethodResult, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.err != nil:
		return hub.MethodResult{}, r.err
	case !r.devices[id].Connected():
		return hub.MethodResult{}, &hub.Error{Op: "invoke", Status: 404, Code: 404103, Name: "DeviceNotOnline", TrackingID: "T-404"}
	}
	payload := m.Payload
	if payload == nil {
		payload = json.RawMessage("null")
	}
	return hub.MethodResult{Status: 200, Payload: payload, Took: 12 * time.Millisecond}, nil
}
