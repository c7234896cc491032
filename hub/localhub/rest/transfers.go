package rest

import (
	"net/http"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// ContainerPath is where a program asks for a container: PUT or GET
// /$hubscope/containers/{name} makes one if there is none, and answers
// {"name", "containerUri", "expiresUtc"} with a URI that import and export jobs and
// blob clients take. It needs registry write, as a job does.
const ContainerPath = "/$hubscope/containers/{container}"

// transferRoutes are the import and export jobs (protocol 2.8). That reading them
// needs registry read is UNCONFIRMED.
func (s *server) transferRoutes() []route {
	var routes []route
	if s.containers != nil {
		routes = append(routes,
			route{method: http.MethodPut, pattern: ContainerPath, rights: core.RegistryWrite, ours: true, serve: s.container},
			route{method: http.MethodGet, pattern: ContainerPath, rights: core.RegistryWrite, ours: true, serve: s.container},
		)
	}
	if s.transfers == nil {
		return routes
	}
	return append(routes, []route{
		{method: http.MethodPost, pattern: "/jobs/create", rights: core.RegistryWrite, serve: s.createTransfer},
		{method: http.MethodGet, pattern: "/jobs", rights: core.RegistryRead, serve: s.listTransfers},
		{method: http.MethodGet, pattern: "/jobs/{job}", rights: core.RegistryRead, serve: s.getTransfer},
		{method: http.MethodDelete, pattern: "/jobs/{job}", rights: core.RegistryWrite, serve: s.cancelTransfer},
	}...)
}

func (s *server) createTransfer(c *call) (answer, error) {
	var j wire.TransferJob
	if err := c.decode(&j); err != nil {
		return answer{}, err
	}
	created, err := s.transfers.Create(c.Context(), j)
	return answer{body: created}, err
}

func (s *server) listTransfers(*call) (answer, error) {
	jobs, err := s.transfers.Jobs()
	return answer{body: jobs}, err
}

func (s *server) getTransfer(c *call) (answer, error) {
	j, err := s.transfers.Job(c.params["job"])
	return answer{body: j}, err
}

func (s *server) cancelTransfer(c *call) (answer, error) {
	return answer{status: http.StatusNoContent}, s.transfers.Cancel(c.Context(), c.params["job"])
}

func (s *server) container(c *call) (answer, error) {
	name := c.params["container"]
	uri, expires, err := s.containers.Ensure(name)
	return answer{body: map[string]any{"name": name, "containerUri": uri, "expiresUtc": wire.Time{Time: expires}}}, err
}
