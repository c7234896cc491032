package rest

import (
	"net/http"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// maxList is the most that GET /devices gives, and its default (protocol 2.1).
const maxList = 1000

func (s *server) deviceRoutes() []route {
	return []route{
		{method: http.MethodGet, pattern: "/devices", rights: core.RegistryRead, serve: s.listDevices},
		{method: http.MethodGet, pattern: "/devices/{id}", rights: core.RegistryRead, serve: s.getDevice},
		{method: http.MethodPut, pattern: "/devices/{id}", rights: core.RegistryWrite, serve: s.putDevice},
		{method: http.MethodDelete, pattern: "/devices/{id}", rights: core.RegistryWrite, serve: s.deleteDevice},
	}
}

func (s *server) listDevices(c *call) (answer, error) {
	top := number(c.URL.Query().Get("top"), maxList)
	if top < 1 || top > maxList {
		top = maxList
	}
	devices, err := s.hub.Devices("", top)
	if devices == nil {
		devices = []wire.Device{}
	}
	return answer{body: devices}, err
}

func (s *server) getDevice(c *call) (answer, error) {
	return deviceAnswer(s.hub.Device(c.params["id"]))
}

// putDevice creates without If-Match and updates with it (protocol 2.2).
func (s *server) putDevice(c *call) (answer, error) {
	var d wire.Device
	if err := c.decode(&d); err != nil {
		return answer{}, err
	}
	if d.DeviceID != c.params["id"] {
		return answer{}, core.NewError(core.CodeArgumentInvalid, "The deviceId of the body is not that of the path.")
	}
	if etag, update := c.ifMatch(); update {
		return deviceAnswer(s.hub.UpdateDevice(c.Context(), d, etag))
	}
	return deviceAnswer(s.hub.CreateDevice(c.Context(), d))
}

// deleteDevice takes a missing If-Match for "*" (protocol 2.2, UNCONFIRMED).
func (s *server) deleteDevice(c *call) (answer, error) {
	etag, given := c.ifMatch()
	if !given {
		etag = "*"
	}
	return answer{status: http.StatusNoContent}, s.hub.DeleteDevice(c.Context(), c.params["id"], etag)
}

func deviceAnswer(d wire.Device, err error) (answer, error) {
	return answer{etag: d.ETag, body: d}, err
}
