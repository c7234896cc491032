package rest

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"hubscope/hub/localhub/core"
)

// contentTypeBatch marks a body with many messages in it (protocol 5.2).
const contentTypeBatch = "application/vnd.microsoft.iothub.json"

// maxTelemetryBody lets a batch of the greatest size in as base64 with its
// properties; what counts is measured afterwards.
const maxTelemetryBody = 2 * core.MaxMessageSize

func (s *server) telemetryRoutes() []route {
	return []route{
		{method: http.MethodPost, pattern: "/devices/{id}/messages/events", rights: core.DeviceConnect, maxBody: maxTelemetryBody, serve: s.sendTelemetry},
		{method: http.MethodPost, pattern: "/devices/{id}/modules/{module}/messages/events", rights: core.DeviceConnect, maxBody: maxTelemetryBody, serve: s.sendTelemetry},
	}
}

// sendTelemetry answers when all messages are durable.
func (s *server) sendTelemetry(c *call) (answer, error) {
	if err := s.deviceCalls(c); err != nil {
		return answer{}, err
	}
	body, err := c.readBody()
	if err != nil {
		return answer{}, err
	}
	messages, err := c.telemetry(body)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusNoContent}, s.publish(c, messages)
}

// telemetry reads what the request carries, one message or a batch.
func (c *call) telemetry(body []byte) ([]core.Message, error) {
	kind, _, _ := strings.Cut(c.Header.Get("Content-Type"), ";")
	if strings.EqualFold(strings.TrimSpace(kind), contentTypeBatch) {
		return readBatch(body)
	}
	m := core.Message{Body: body}
	for name, values := range c.Header {
		for _, value := range values {
			setTelemetry(&m, headerName(c.Context(), name), value)
		}
	}
	sortProperties(m.Properties)
	return []core.Message{m}, nil
}

// publish appends the messages in their order; the batch is as large as a
// message may be (protocol 9).
func (s *server) publish(c *call, messages []core.Message) error {
	size := 0
	for i := range messages {
		size += messages[i].Size()
	}
	if size > core.MaxMessageSize {
		return core.NewError(core.CodeMessageTooLarge, "The messages have %d bytes, the limit is %d.", size, core.MaxMessageSize)
	}
	info := core.SessionInfo{ID: c.identity(), Principal: c.who, Protocol: "https", Remote: c.RemoteAddr}
	stored := make(chan error, len(messages))
	for _, m := range messages {
		s.hub.Publish(info, m, func(err error) { stored <- err })
	}
	var failed error
	for range messages {
		select {
		case err := <-stored:
			failed = errors.Join(failed, err)
		case <-c.Context().Done():
			return context.Cause(c.Context())
		}
	}
	return failed
}

// deviceCalls checks that the caller speaks for the identity in the path: a
// device's key is not one of its modules. It notes that the device was heard of.
func (s *server) deviceCalls(c *call) error {
	id := c.identity()
	if c.who.Policy == "" && c.who.ID != id {
		return core.NewError(core.CodeUnauthorizedHub, "'%s' does not speak for '%s'.", c.who.ID, id)
	}
	return s.hub.Heard(id)
}
