package rest

import (
	"net/http"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

const (
	defaultPageSize = 100
	maxPageSize     = 1000
)

func (s *server) queryRoutes() []route {
	return []route{
		{method: http.MethodPost, pattern: "/devices/query", rights: core.ServiceConnect, serve: s.runQuery},
	}
}

// runQuery is the transport of queries (protocol 2.6): items in the body, what they are
// and where to go on in headers, the latter only when there is more.
func (s *server) runQuery(c *call) (answer, error) {
	var q wire.QueryRequest
	if err := c.decode(&q); err != nil {
		return answer{}, err
	}
	size, err := pageSize(c.Header.Get(wire.HeaderMaxItemCount))
	if err != nil {
		return answer{}, err
	}
	page, err := s.query.Query(c.Context(), q.Query, size, c.Header.Get(wire.HeaderContinuation))
	if err != nil {
		return answer{}, err
	}
	if page.Items == nil {
		page.Items = []any{}
	}
	a := answer{body: page.Items, header: map[string]string{wire.HeaderItemType: page.Type}}
	if page.Continuation != "" {
		a.header[wire.HeaderContinuation] = page.Continuation
	}
	return a, nil
}

func pageSize(header string) (int, error) {
	if header == "" {
		return defaultPageSize, nil
	}
	n := number(header, 0)
	if n < 1 {
		return 0, core.NewError(core.CodeArgumentInvalid, "The header %s must be a number from 1.", wire.HeaderMaxItemCount)
	}
	return min(n, maxPageSize), nil
}
