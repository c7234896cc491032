package rest

import (
	"net/http"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// jobRoutes are the scheduled jobs of version 2 (protocol 2.8).
func (s *server) jobRoutes() []route {
	if s.jobs == nil {
		return nil
	}
	return []route{
		{method: http.MethodPut, pattern: "/jobs/v2/{job}", rights: core.ServiceConnect, serve: s.putJob},
		{method: http.MethodGet, pattern: "/jobs/v2/{job}", rights: core.ServiceConnect, serve: s.getJob},
		{method: http.MethodPost, pattern: "/jobs/v2/{job}/cancel", rights: core.ServiceConnect, serve: s.cancelJob},
		{method: http.MethodGet, pattern: "/jobs/v2/query", rights: core.ServiceConnect, serve: s.queryJobs},
	}
}

func (s *server) putJob(c *call) (answer, error) {
	var j wire.Job
	if err := c.decode(&j); err != nil {
		return answer{}, err
	}
	if j.JobID != "" && j.JobID != c.params["job"] {
		return answer{}, core.NewError(core.CodeArgumentInvalid, "The jobId of the body is not that of the path.")
	}
	j.JobID = c.params["job"]
	created, err := s.jobs.Create(c.Context(), j)
	return answer{body: created}, err
}

func (s *server) getJob(c *call) (answer, error) {
	j, err := s.jobs.Job(c.params["job"])
	return answer{body: j}, err
}

func (s *server) cancelJob(c *call) (answer, error) {
	j, err := s.jobs.Cancel(c.Context(), c.params["job"])
	return answer{body: j}, err
}

// queryJobs pages by headers as queries do, and by the parameters of old clients
// (protocol 2.8).
func (s *server) queryJobs(c *call) (answer, error) {
	q := c.URL.Query()
	wanted, continuation := c.Header.Get(wire.HeaderMaxItemCount), c.Header.Get(wire.HeaderContinuation)
	if wanted == "" {
		wanted = q.Get("pageSize")
	}
	if continuation == "" {
		continuation = q.Get("continuationToken")
	}
	size, err := pageSize(wanted)
	if err != nil {
		return answer{}, err
	}
	jobs, next, err := s.jobs.Jobs(q.Get("jobType"), q.Get("jobStatus"), size, continuation)
	if jobs == nil {
		jobs = []wire.Job{}
	}
	a := answer{body: jobs, header: map[string]string{wire.HeaderItemType: wire.ItemJobResponse}}
	if next != "" {
		a.header[wire.HeaderContinuation] = next
	}
	return a, err
}
