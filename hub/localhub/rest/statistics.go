package rest

import (
	"net/http"

	"hubscope/hub/localhub/core"
)

// The rights are UNCONFIRMED (protocol 1.4).
func (s *server) statisticsRoutes() []route {
	return []route{
		{method: http.MethodGet, pattern: "/statistics/devices", rights: core.RegistryRead, serve: s.registryStatistics},
		{method: http.MethodGet, pattern: "/statistics/service", rights: core.ServiceConnect, serve: s.serviceStatistics},
	}
}

func (s *server) registryStatistics(*call) (answer, error) {
	return answer{body: s.hub.RegistryStatistics()}, nil
}

func (s *server) serviceStatistics(*call) (answer, error) {
	return answer{body: s.hub.ServiceStatistics()}, nil
}
