package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// Limits of direct methods, times in seconds (protocol 2.7, 9).
const (
	minResponseTimeout     = 5
	maxResponseTimeout     = 300
	defaultResponseTimeout = 30
	maxConnectTimeout      = 300
	maxMethodPayload       = 128 << 10
)

func (s *server) methodRoutes() []route {
	return []route{
		{method: http.MethodPost, pattern: deviceTwinPath + "/methods", rights: core.ServiceConnect, serve: s.invokeMethod},
		{method: http.MethodPost, pattern: moduleTwinPath + "/methods", rights: core.ServiceConnect, serve: s.invokeMethod},
	}
}

func (s *server) invokeMethod(c *call) (answer, error) {
	var m wire.MethodRequest
	if err := c.decode(&m); err != nil {
		return answer{}, err
	}
	method, err := methodCall(m)
	if err != nil {
		return answer{}, err
	}
	result, err := s.hub.InvokeMethod(c.Context(), c.identity(), method)
	if err != nil {
		return answer{}, methodError(err)
	}
	return methodAnswer(result)
}

func methodCall(m wire.MethodRequest) (core.MethodCall, error) {
	if m.MethodName == "" {
		return core.MethodCall{}, core.NewError(core.CodeArgumentInvalid, "The methodName is missing.")
	}
	if n := len(m.Payload); n > maxMethodPayload {
		return core.MethodCall{}, core.NewError(core.CodeMessageTooLarge, "The payload of the method has %d bytes, the limit is %d.", n, maxMethodPayload)
	}
	response, err := timeout("responseTimeoutInSeconds", m.ResponseTimeoutInSeconds, defaultResponseTimeout, minResponseTimeout, maxResponseTimeout)
	if err != nil {
		return core.MethodCall{}, err
	}
	connect, err := timeout("connectTimeoutInSeconds", m.ConnectTimeoutInSeconds, 0, 0, maxConnectTimeout)
	if err != nil {
		return core.MethodCall{}, err
	}
	return core.MethodCall{Name: m.MethodName, Payload: m.Payload, ResponseTimeout: response, ConnectTimeout: connect}, nil
}

func timeout(name string, given *int, otherwise, least, most int) (time.Duration, error) {
	seconds := otherwise
	if given != nil {
		seconds = *given
	}
	if seconds < least || seconds > most {
		return 0, core.NewError(core.CodeArgumentInvalid, "%s must be from %d to %d, it is %d.", name, least, most, seconds)
	}
	return time.Duration(seconds) * time.Second, nil
}

// methodError gives what went wrong between hub and device the second shape;
// what the registry says keeps the first (protocol 2.7).
func methodError(err error) error {
	var e *core.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case core.CodeDeviceNotOnline, core.CodeClosedRemotely, core.CodeGatewayTimeout, core.CodeBadDeviceAnswer, core.CodeTooManyMethods:
		return detailed{e}
	}
	return err
}

// methodAnswer writes the device's payload byte for byte.
func methodAnswer(r core.MethodResult) (answer, error) {
	payload := []byte(r.Payload)
	switch {
	case len(bytes.TrimSpace(payload)) == 0:
		payload = []byte("null")
	case !json.Valid(payload):
		return answer{}, detailed{core.NewError(core.CodeBadDeviceAnswer, "The device's answer is not JSON.")}
	}
	body := make([]byte, 0, len(payload)+40)
	body = append(body, `{"status":`...)
	body = strconv.AppendInt(body, int64(r.Status), 10)
	body = append(body, `,"payload":`...)
	body = append(body, payload...)
	body = append(body, '}')
	return answer{raw: &raw{contentTypeJSON, body}}, nil
}
