package rest

import (
	"net/http"
	"unicode/utf8"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

const (
	maxQueryLength  = 8192 // characters (protocol 3.4)
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
	if n := utf8.RuneCountInString(q.Query); n > maxQueryLength {
		return answer{}, core.NewError(core.CodeArgumentInvalid, "The query has %d characters, at most %d are allowed.", n, maxQueryLength)
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
