package rest

import (
	"net/http"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// moduleRoutes are open to a device for its own modules: the runtime of IoT
// Edge makes them so, and so do the end-to-end tests of the device SDK in C.
// A module has no such right (protocol 1.4, 2.1; UNCONFIRMED there).
func (s *server) moduleRoutes() []route {
	const list, one = "/devices/{id}/modules", "/devices/{id}/modules/{module}"
	return []route{
		{method: http.MethodGet, pattern: list, rights: core.RegistryRead, ofDevice: true, serve: s.listModules},
		{method: http.MethodGet, pattern: one, rights: core.RegistryRead, ofDevice: true, serve: s.getModule},
		{method: http.MethodPut, pattern: one, rights: core.RegistryWrite, ofDevice: true, serve: s.putModule},
		{method: http.MethodDelete, pattern: one, rights: core.RegistryWrite, ofDevice: true, serve: s.deleteModule},
	}
}

func (s *server) listModules(c *call) (answer, error) {
	modules, err := s.hub.Modules(c.params["id"])
	if modules == nil {
		modules = []wire.Module{}
	}
	return answer{body: modules}, err
}

func (s *server) getModule(c *call) (answer, error) {
	return moduleAnswer(s.hub.Module(c.identity()))
}

// putModule creates without If-Match and updates with it (protocol 2.1, 2.2).
// Of the two codes that 2.1 allows both give 200: clients there are which take
// 201 for a failure, none is known to insist on it.
func (s *server) putModule(c *call) (answer, error) {
	var m wire.Module
	if err := c.decode(&m); err != nil {
		return answer{}, err
	}
	id := c.identity()
	if m.DeviceID != "" && m.DeviceID != id.Device {
		return answer{}, core.NewError(core.CodeArgumentInvalid, "The deviceId of the body is not that of the path.")
	}
	if m.ModuleID != id.Module {
		return answer{}, core.NewError(core.CodeArgumentInvalid, "The moduleId of the body is not that of the path.")
	}
	m.DeviceID = id.Device
	if etag, update := c.ifMatch(); update {
		return moduleAnswer(s.hub.UpdateModule(c.Context(), m, etag))
	}
	return moduleAnswer(s.hub.CreateModule(c.Context(), m))
}

// deleteModule takes a missing If-Match for "*" as deleteDevice does.
func (s *server) deleteModule(c *call) (answer, error) {
	etag, given := c.ifMatch()
	if !given {
		etag = "*"
	}
	return answer{status: http.StatusNoContent}, s.hub.DeleteModule(c.Context(), c.identity(), etag)
}

func moduleAnswer(m wire.Module, err error) (answer, error) {
	return answer{etag: m.ETag, body: m}, err
}
