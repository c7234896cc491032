package rest

import (
	"net/http"
	"strings"

	"hubscope/hub/localhub/core"
)

// ask has the gate decide about a request. Telemetry is not asked about here:
// the hub does, message by message.
func (s *server) ask(c *call, r *route) error {
	op := operationOf(r)
	if op == core.OpTelemetry {
		return nil
	}
	protocol := "rest"
	if r.rights == core.DeviceConnect {
		protocol = "https"
	}
	return s.hub.Ask(c.Context(), core.Act{
		Operation: op, ID: c.identity(), Protocol: protocol, Remote: c.RemoteAddr, Size: int(max(c.ContentLength, 0)),
	})
}

// operations are found by how a pattern begins or ends; the first one counts.
var operations = []struct {
	part string
	op   core.Operation
}{
	{"/messages/events", core.OpTelemetry},
	{"/devices/query", core.OpQuery},
	{"/jobs", core.OpJobs},
	{"/configurations", core.OpConfigurations},
	{"/applyConfigurationContent", core.OpConfigurations},
	{"/files", core.OpUpload},
	{"/methods", core.OpMethod},
	{"/commands/", core.OpMethod}, // of a digital twin
	{"/commands", core.OpC2D},
}

// operationOf names the operation of a route.
func operationOf(r *route) core.Operation {
	for _, o := range operations {
		if strings.Contains(r.pattern, o.part) {
			return o.op
		}
	}
	reads := r.method == http.MethodGet
	switch {
	case strings.Contains(r.pattern, "/devicebound") && r.method == http.MethodPost && strings.HasSuffix(r.pattern, "/devicebound"):
		return core.OpC2D
	case strings.Contains(r.pattern, "/devicebound"), strings.Contains(r.pattern, "/serviceBound"):
		return core.OpC2DReceive
	case strings.HasPrefix(r.pattern, "/twins/"), strings.HasPrefix(r.pattern, "/digitaltwins/"):
		if reads {
			return core.OpTwinRead
		}
		return core.OpTwinUpdate
	case strings.HasPrefix(r.pattern, "/devices"):
		return core.OpRegistry
	}
	return core.OpOther
}
