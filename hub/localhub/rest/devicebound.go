package rest

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"hubscope/hub/localhub/core"
)

const maxC2DBody = 64 << 10 // bytes, protocol 9

// deviceboundRoutes are those of cloud-to-device messages: what a device
// receives and settles (protocol 5.2), and the one by which a service sends
// (protocol 2.1).
func (s *server) deviceboundRoutes() []route {
	var routes []route
	for _, identity := range []string{"/devices/{id}", "/devices/{id}/modules/{module}"} {
		queue := identity + "/messages/devicebound"
		routes = append(routes,
			route{method: http.MethodGet, pattern: queue, rights: core.DeviceConnect, serve: s.receive},
			route{method: http.MethodDelete, pattern: queue + "/{lock}", rights: core.DeviceConnect, serve: s.completeOrReject},
			route{method: http.MethodPost, pattern: queue + "/{lock}/abandon", rights: core.DeviceConnect, serve: s.abandon},
			route{method: http.MethodPost, pattern: queue, rights: core.ServiceConnect, maxBody: maxC2DBody, serve: s.sendC2D},
		)
	}
	return routes
}

// headerLockTimeout holds how many seconds a device wants for a message; the Java
// SDK sends it.
const headerLockTimeout = "iothub-messagelocktimeout"

// How long a device may lock a message over HTTPS. The bounds are those of the
// service's other queues (protocol 9; UNCONFIRMED for this one).
const (
	defaultLockTime = 60 * time.Second
	maxLockTime     = 300 * time.Second
)

// lockTime is what the device asks for; what is no such time is the default.
func lockTime(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get(headerLockTimeout))
	if asked := time.Duration(n) * time.Second; err == nil && n > 0 && n <= int(maxLockTime/time.Second) {
		return asked
	}
	return defaultLockTime
}

// receive answers 204 when there is no message.
func (s *server) receive(c *call) (answer, error) {
	if err := s.deviceCalls(c); err != nil {
		return answer{}, err
	}
	d, found, err := s.hub.LockC2DFor(c.identity(), lockTime(c.Header))
	if err != nil || !found {
		return answer{status: http.StatusNoContent}, err
	}
	return answer{
		etag: d.LockToken, header: deliveryHeaders(d),
		raw: &raw{"application/octet-stream", d.Message.Body},
	}, nil
}

// completeOrReject tells the two apart by the query, as the SDKs do.
func (s *server) completeOrReject(c *call) (answer, error) {
	if c.URL.Query().Has("reject") {
		return s.settle(c, core.Reject)
	}
	return s.settle(c, core.Complete)
}

func (s *server) abandon(c *call) (answer, error) { return s.settle(c, core.Abandon) }

func (s *server) settle(c *call, outcome core.Outcome) (answer, error) {
	if err := s.deviceCalls(c); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusNoContent}, s.hub.SettleC2D(c.Context(), c.identity(), c.params["lock"], outcome)
}

// sendC2D queues the body. The SDKs send by AMQP; status and headers are those of
// the device's side (UNCONFIRMED).
func (s *server) sendC2D(c *call) (answer, error) {
	body, err := c.readBody()
	if err != nil {
		return answer{}, err
	}
	m := core.C2DMessage{Body: body}
	for name, values := range c.Header {
		for _, value := range values {
			if err := setC2D(&m, headerName(c.Context(), name), value); err != nil {
				return answer{}, err
			}
		}
	}
	return answer{status: http.StatusNoContent}, s.hub.SendC2D(c.Context(), c.identity(), m)
}

func setC2D(m *core.C2DMessage, name, value string) error {
	lower := strings.ToLower(name)
	if strings.HasPrefix(lower, headerApp) {
		m.Properties = append(m.Properties, core.Property{Name: name[len(headerApp):], Value: value})
		sortProperties(m.Properties)
		return nil
	}
	switch lower {
	case headerMessageID:
		m.MessageID = value
	case headerCorrelationID:
		m.CorrelationID = value
	case headerUserID:
		m.UserID = []byte(value)
	case headerContentType:
		m.ContentType = value
	case headerContentEncoding:
		m.ContentEncoding = value
	case headerAck:
		m.Ack = core.Ack(strings.ToLower(value))
	case headerExpiry:
		at, ok := parseExpiry(value)
		if !ok {
			return core.NewError(core.CodeInvalidExpiry, "The header %s holds no time.", headerExpiry)
		}
		m.Expiry = at
	}
	return nil
}
