package core

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// The limits of direct methods (protocol 2.7, 9).
const (
	maxMethodPayload       = 128 << 10
	maxMethodTimeout       = 300 * time.Second
	minResponseTimeout     = 5 * time.Second
	defaultResponseTimeout = 30 * time.Second
	maxMethodName          = 128 // bytes
)

// MethodCall is a direct method as the service invokes it (protocol 2.7).
type MethodCall struct {
	Name string
	// Payload is any JSON; empty is null.
	Payload json.RawMessage
	// ResponseTimeout is 5 to 300 s; 0 is 30 s.
	ResponseTimeout time.Duration
	// ConnectTimeout is 0 to 300 s: how long to wait for a device that is not
	// online for methods.
	ConnectTimeout time.Duration
}

// MethodResult is the device's answer.
type MethodResult struct {
	// Status is the device's own number, not that of HTTP.
	Status int
	// Payload is JSON; null when the device gave none.
	Payload json.RawMessage
}

// MethodRequest is a direct method as the device gets it.
type MethodRequest struct {
	// RequestID is chosen by the hub: a few hexadecimal digits.
	RequestID string
	Name      string
	// Payload is JSON text, "null" when there is none.
	Payload []byte
}

// InvokeMethod runs a direct method on a device or module and waits for its
// answer. Errors: 400004, 404001, 404010, 404103 (not online for this method
// within the connect time-out), 404104 (its session ended meanwhile), 413001, 502000 (the answer is
// not JSON), 504101 (no answer in time), 403800 and 429001 (too many at a time).
func (h *Hub) InvokeMethod(ctx context.Context, id ID, call MethodCall) (MethodResult, error) {
	if err := call.check(); err != nil {
		return MethodResult{}, err
	}
	if _, err := h.identity(id); err != nil {
		return MethodResult{}, err
	}
	pending, err := h.methods.begin(id, call.Name)
	if err != nil {
		return MethodResult{}, err
	}
	defer h.methods.end(pending)
	if err := h.methods.waitOnline(ctx, pending, call.ConnectTimeout); err != nil {
		return MethodResult{}, err
	}
	pending.deliver(MethodRequest{RequestID: pending.requestID, Name: call.Name, Payload: call.Payload})
	return pending.wait(ctx, call.ResponseTimeout)
}

// check fills in defaults and tells what is wrong.
func (c *MethodCall) check() error {
	if len(c.Payload) == 0 {
		c.Payload = json.RawMessage("null")
	}
	if c.ResponseTimeout == 0 {
		c.ResponseTimeout = defaultResponseTimeout
	}
	switch {
	case c.Name == "":
		return NewError(CodeArgumentInvalid, "The name of the method is missing.")
	case len(c.Name) > maxMethodName:
		return NewError(CodeArgumentInvalid, "The name of the method has more than %d bytes.", maxMethodName)
	case len(c.Payload) > maxMethodPayload:
		return NewError(CodeMessageTooLarge, "The payload of the method has %d bytes, the limit is %d.", len(c.Payload), maxMethodPayload)
	case !json.Valid(c.Payload):
		return NewError(CodeArgumentInvalid, "The payload of the method is not JSON.")
	case c.ResponseTimeout < minResponseTimeout || c.ResponseTimeout > maxMethodTimeout:
		return NewError(CodeArgumentInvalid, "The response time-out must be %d to %d seconds.", minResponseTimeout/time.Second, maxMethodTimeout/time.Second)
	case c.ConnectTimeout < 0 || c.ConnectTimeout > maxMethodTimeout:
		return NewError(CodeArgumentInvalid, "The connect time-out must be 0 to %d seconds.", maxMethodTimeout/time.Second)
	}
	return nil
}

// methodAnswer is how a call ended: with err, or with what the device said.
type methodAnswer struct {
	result MethodResult
	err    error
}

// wait waits for the answer of the device.
func (p *pendingMethod) wait(ctx context.Context, timeout time.Duration) (MethodResult, error) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case a := <-p.answer:
		return a.result, a.err
	case <-ctx.Done():
		return MethodResult{}, context.Cause(ctx)
	case <-timer.C:
		return MethodResult{}, timedOut(CodeGatewayTimeout, "Timed out waiting for the response from device.", timeout)
	}
}

// timedOut has the time-out in its info, as the service (protocol 2.3).
func timedOut(code int, message string, timeout time.Duration) *Error {
	e := NewError(code, "%s", message)
	s := int(timeout / time.Second)
	e.Info = map[string]string{"timeout": fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)}
	return e
}

// answerOf reads what a device answered.
func answerOf(status int, payload []byte) methodAnswer {
	if len(payload) == 0 {
		payload = []byte("null")
	}
	if len(payload) > maxMethodPayload {
		return methodAnswer{err: NewError(CodeMessageTooLarge, "The device answered with %d bytes, the limit is %d.", len(payload), maxMethodPayload)}
	}
	if !json.Valid(payload) {
		return methodAnswer{err: NewError(CodeBadDeviceAnswer, "The device answered with a payload that is not JSON.")}
	}
	return methodAnswer{result: MethodResult{Status: status, Payload: append(json.RawMessage(nil), payload...)}}
}
