package rest

import (
	"net/http"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

func (s *server) purgeRoutes() []route {
	return []route{
		{method: http.MethodDelete, pattern: "/devices/{id}/commands", rights: core.ServiceConnect, serve: s.purge},
		{method: http.MethodDelete, pattern: "/devices/{id}/modules/{module}/commands", rights: core.ServiceConnect, serve: s.purge},
	}
}

// purge empties the queue of cloud-to-device messages (protocol 2.4).
func (s *server) purge(c *call) (answer, error) {
	id := c.identity()
	n, err := s.hub.PurgeC2D(c.Context(), id)
	result := wire.PurgeResult{DeviceID: id.Device, TotalMessagesPurged: n}
	if id.Module != "" {
		result.ModuleID = &id.Module
	}
	return answer{body: result}, err
}
