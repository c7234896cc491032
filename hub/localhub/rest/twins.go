package rest

import (
	"context"
	"encoding/json"
	"net/http"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

const (
	deviceTwinPath = "/twins/{id}"
	moduleTwinPath = "/twins/{id}/modules/{module}"
)

func (s *server) twinRoutes() []route {
	var routes []route
	for _, path := range []string{deviceTwinPath, moduleTwinPath} {
		routes = append(routes,
			route{method: http.MethodGet, pattern: path, rights: core.ServiceConnect, serve: s.getTwin},
			route{method: http.MethodPatch, pattern: path, rights: core.ServiceConnect, serve: writeTwin(s.hub.PatchTwin)},
			route{method: http.MethodPut, pattern: path, rights: core.ServiceConnect, serve: writeTwin(s.hub.ReplaceTwin)},
		)
	}
	return routes
}

func (s *server) getTwin(c *call) (answer, error) {
	return twinAnswer(s.hub.Twin(c.identity()))
}

// writeTwin is unconditional without If-Match (protocol 2.2).
func writeTwin(write func(context.Context, core.ID, core.TwinPatch, string) (wire.Twin, error)) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		var body twinBody
		if err := c.decode(&body); err != nil {
			return answer{}, err
		}
		patch, err := body.patch()
		if err != nil {
			return answer{}, err
		}
		etag, _ := c.ifMatch()
		return twinAnswer(write(c.Context(), c.identity(), patch, etag))
	}
}

func twinAnswer(t wire.Twin, err error) (answer, error) {
	return answer{etag: t.ETag, body: t}, err
}

// identity is the device or module that the path names.
func (c *call) identity() core.ID {
	return core.ID{Device: c.params["id"], Module: c.params["module"]}
}

// twinBody is what counts of a twin that a client writes; many send back the
// whole document that they have read.
type twinBody struct {
	Tags       json.RawMessage      `json:"tags"`
	Properties *wire.TwinProperties `json:"properties"`
}

// patch hands null sections on: core knows what they mean.
func (b twinBody) patch() (core.TwinPatch, error) {
	p := core.TwinPatch{Tags: b.Tags}
	if b.Properties == nil {
		return p, nil
	}
	if b.reports() {
		return core.TwinPatch{}, core.NewError(core.CodeArgumentInvalid, "The reported properties of a twin are written by its device only.")
	}
	p.Desired = b.Properties.Desired
	return p, nil
}

// reports tells whether the body has reported properties of the client's own.
// Those that it has read before, with their $metadata, do no harm.
func (b twinBody) reports() bool {
	var reported map[string]json.RawMessage
	if json.Unmarshal(b.Properties.Reported, &reported) != nil {
		return orAbsent(b.Properties.Reported) != nil
	}
	_, read := reported["$metadata"]
	return len(reported) > 0 && !read
}

func orAbsent(section json.RawMessage) json.RawMessage {
	if len(section) == 0 || string(section) == "null" {
		return nil
	}
	return section
}
