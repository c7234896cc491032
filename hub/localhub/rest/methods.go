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
	result, err := s.hub.InvokeMethod(c.Context(), c.identity(), core.MethodCall{
		Name: m.MethodName, Payload: m.Payload,
		ResponseTimeout: inSeconds(m.ResponseTimeoutInSeconds), ConnectTimeout: inSeconds(m.ConnectTimeoutInSeconds),
	})
	if err != nil {
		return answer{}, methodError(err)
	}
	return methodAnswer(result)
}

// inSeconds is 0, which stands for the default, when nothing is given. What is
// far out of range stays so.
func inSeconds(n *int) time.Duration {
	if n == nil {
		return 0
	}
	const farOut = 1 << 20
	return time.Duration(max(-farOut, min(*n, farOut))) * time.Second
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
