package core

import (
	"context"
	"encoding/json"
	"time"
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
// answer. Errors: 400004, 404001, 404010, 404103 (not online within the connect
// time-out), 404104 (its session ended meanwhile), 413001, 502000 (the answer is
// not JSON), 504101 (no answer in time), 403800 and 429001 (too many at a time).
func (h *Hub) InvokeMethod(ctx context.Context, id ID, call MethodCall) (MethodResult, error) {
	return MethodResult{}, notYet()
}

// OnMethod makes the device online for methods: fn gets every call, and must not
// block. Nil makes it offline again; calls that fn has got may still be
// answered.
func (s *Session) OnMethod(fn func(MethodRequest)) {}

// AnswerMethod answers a call that OnMethod's function got. An empty payload is
// null. An answer to a call that is not waited for any more is an error with
// code 404000, which a protocol may ignore (protocol 4.3).
func (s *Session) AnswerMethod(requestID string, status int, payload []byte) error { return notYet() }
