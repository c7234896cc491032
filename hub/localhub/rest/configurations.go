package rest

import (
	"errors"
	"net/http"

	"hubscope/hub/localhub/adm"
	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// maxConfigurationList is the most that GET /configurations gives, and its
// default (protocol 2.1).
const maxConfigurationList = 100

// configurationRoutes are automatic device management (protocol 2.9). The rights
// are UNCONFIRMED (protocol 1.4).
func (s *server) configurationRoutes() []route {
	if s.configurations == nil {
		return nil
	}
	const one = "/configurations/{configuration}"
	return []route{
		{method: http.MethodGet, pattern: "/configurations", rights: core.RegistryRead, serve: s.listConfigurations},
		{method: http.MethodGet, pattern: one, rights: core.RegistryRead, serve: s.getConfiguration},
		{method: http.MethodPut, pattern: one, rights: core.RegistryWrite, serve: s.putConfiguration},
		{method: http.MethodDelete, pattern: one, rights: core.RegistryWrite, serve: s.deleteConfiguration},
		{method: http.MethodPost, pattern: "/configurations/testQueries", rights: core.RegistryRead, serve: s.testConfiguration},
		{method: http.MethodPost, pattern: "/devices/{id}/applyConfigurationContent", rights: core.RegistryWrite, serve: s.applyContent},
	}
}

func (s *server) listConfigurations(c *call) (answer, error) {
	top := number(c.URL.Query().Get("top"), maxConfigurationList)
	if top < 1 || top > maxConfigurationList {
		top = maxConfigurationList
	}
	all, err := s.configurations.List(top)
	return answer{body: all}, err
}

func (s *server) getConfiguration(c *call) (answer, error) {
	return configurationAnswer(s.configurations.Configuration(c.params["configuration"]))
}

// putConfiguration creates without If-Match and updates with it (protocol 2.2).
func (s *server) putConfiguration(c *call) (answer, error) {
	var body wire.Configuration
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	if body.ID != c.params["configuration"] {
		return answer{}, core.NewError(core.CodeArgumentInvalid, "The id of the body is not that of the path.")
	}
	if etag, update := c.ifMatch(); update {
		return configurationAnswer(s.configurations.Update(c.Context(), body, etag))
	}
	return configurationAnswer(s.configurations.Create(c.Context(), body))
}

func (s *server) deleteConfiguration(c *call) (answer, error) {
	etag, _ := c.ifMatch()
	return answer{status: http.StatusNoContent}, s.configurations.Delete(c.Context(), c.params["configuration"], etag)
}

func (s *server) testConfiguration(c *call) (answer, error) {
	var body wire.ConfigurationQueries
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	return answer{body: s.configurations.Test(body)}, nil
}

// applyContent writes a content to one device and its modules, now. Modules that
// are missing are made, as for IoT Edge; what is there and not in the content stays
// for the runtime to remove.
func (s *server) applyContent(c *call) (answer, error) {
	var content wire.ConfigurationContent
	if err := c.decode(&content); err != nil {
		return answer{}, err
	}
	writes, err := adm.Writes(&content)
	if err != nil {
		return answer{}, err
	}
	device := c.params["id"]
	if _, err := s.hub.Device(device); err != nil {
		return answer{}, err
	}
	for module, write := range writes {
		if err := s.writeOrMake(c, core.ID{Device: device, Module: module}, write); err != nil {
			return answer{}, err
		}
	}
	return answer{status: http.StatusNoContent}, nil
}

func (s *server) writeOrMake(c *call, id core.ID, w adm.Write) error {
	write := s.hub.PatchTwin
	if w.Replace {
		write = s.hub.ReplaceTwin
	}
	_, err := write(c.Context(), id, core.TwinPatch{Desired: w.Desired}, "*")
	if !errors.Is(err, &core.Error{Code: core.CodeModuleNotFound}) {
		return err
	}
	manager := "IotEdge"
	if _, err := s.hub.CreateModule(c.Context(), wire.Module{DeviceID: id.Device, ModuleID: id.Module, ManagedBy: &manager}); err != nil {
		return err
	}
	_, err = write(c.Context(), id, core.TwinPatch{Desired: w.Desired}, "*")
	return err
}

func configurationAnswer(c wire.Configuration, err error) (answer, error) {
	return answer{etag: c.ETag, body: c}, err
}
