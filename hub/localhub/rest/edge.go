package rest

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// maxScopePage is the most devices that one answer has, and the default; the
// runtime of IoT Edge asks for 1,000 at most.
const maxScopePage = 1000

// edgeRoutes are what the runtime of IoT Edge asks for: who may connect to it
// (protocol 5.2). The forms are those of its edge hub, DeviceScopeApiClient and
// NestedDeviceScopeApiClient; POST of the first is that of protocol 5.2.
func (s *server) edgeRoutes() []route {
	const module = "/devices/{id}/modules/{module}"
	return []route{
		{method: http.MethodGet, pattern: module + "/devicesAndModulesInDeviceScope", rights: core.DeviceConnect, serve: s.listScope},
		{method: http.MethodPost, pattern: module + "/devicesAndModulesInDeviceScope", rights: core.DeviceConnect, serve: s.listScope},
		{method: http.MethodGet, pattern: module + "/deviceAndModuleInDeviceScope", rights: core.DeviceConnect, serve: s.getInScope},
		{method: http.MethodPost, pattern: module + "/devicesAndModulesInTargetDeviceScope", rights: core.DeviceConnect, serve: s.listTargetScope},
		{method: http.MethodPost, pattern: module + "/getDeviceAndModuleOnBehalfOf", rights: core.DeviceConnect, serve: s.getOnBehalfOf},
	}
}

// scopeResult is the answer. Its members are never left out: the runtime insists.
type scopeResult struct {
	Devices          []wire.Device `json:"devices"`
	Modules          []wire.Module `json:"modules"`
	ContinuationLink *string       `json:"continuationLink"`
}

func scopeAnswer(found core.Scope, next *string) answer {
	r := scopeResult{Devices: []wire.Device{}, Modules: []wire.Module{}, ContinuationLink: next}
	r.Devices, r.Modules = append(r.Devices, found.Devices...), append(r.Modules, found.Modules...)
	return answer{body: r}
}

// actor is the IoT Edge device whose system module asks.
func (c *call) actor() (string, error) {
	id := c.identity()
	if id.Module != "$edgeHub" && id.Module != "$edgeAgent" {
		return "", core.NewError(core.CodeUnauthorizedHub, "The module '%s' is no system module of IoT Edge.", id.Module)
	}
	return id.Device, nil
}

func (s *server) listScope(c *call) (answer, error) {
	actor, err := c.actor()
	if err != nil {
		return answer{}, err
	}
	q := c.URL.Query()
	return s.scopePage(c, actor, number(q.Get("deviceCount"), maxScopePage), q.Get("continuationToken"))
}

func (s *server) listTargetScope(c *call) (answer, error) {
	var body struct {
		PageSize         int    `json:"pageSize"`
		ContinuationLink string `json:"continuationLink"`
		AuthChain        string `json:"authChain"`
	}
	actor, err := c.actor()
	if err == nil {
		err = c.decode(&body)
	}
	if err != nil {
		return answer{}, err
	}
	target, err := s.hub.CheckChain(actor, body.AuthChain)
	if err != nil {
		return answer{}, err
	}
	token := ""
	if link, err := url.Parse(body.ContinuationLink); err == nil {
		token = link.Query().Get("continuationToken")
	}
	return s.scopePage(c, target, body.PageSize, token)
}

func (s *server) scopePage(c *call, edge string, n int, token string) (answer, error) {
	after, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return answer{}, core.NewError(core.CodeArgumentInvalid, "The continuation token is none of this hub.")
	}
	if n < 1 || n > maxScopePage {
		n = maxScopePage
	}
	found, last, err := s.hub.InScope(c.Context(), edge, string(after), n)
	if err != nil || last == "" {
		return scopeAnswer(found, nil), err
	}
	q := url.Values{
		"deviceCount": {strconv.Itoa(n)}, "continuationToken": {base64.RawURLEncoding.EncodeToString([]byte(last))},
		"api-version": {c.URL.Query().Get("api-version")},
	}
	link := c.URL.EscapedPath() + "?" + q.Encode()
	return scopeAnswer(found, &link), nil
}

func (s *server) getInScope(c *call) (answer, error) {
	actor, err := c.actor()
	if err != nil {
		return answer{}, err
	}
	q := c.URL.Query()
	return s.oneInScope(actor, core.ID{Device: q.Get("targetDeviceId"), Module: q.Get("targetModuleId")})
}

func (s *server) getOnBehalfOf(c *call) (answer, error) {
	var body struct {
		TargetDeviceID string `json:"targetDeviceId"`
		TargetModuleID string `json:"targetModuleId"`
		AuthChain      string `json:"authChain"`
	}
	actor, err := c.actor()
	if err == nil {
		err = c.decode(&body)
	}
	if err != nil {
		return answer{}, err
	}
	parent, err := s.hub.CheckChain(actor, body.AuthChain)
	if err != nil {
		return answer{}, err
	}
	return s.oneInScope(parent, core.ID{Device: body.TargetDeviceID, Module: body.TargetModuleID})
}

func (s *server) oneInScope(edge string, target core.ID) (answer, error) {
	if strings.TrimSpace(target.Device) == "" {
		return answer{}, core.NewError(core.CodeArgumentInvalid, "The targetDeviceId is missing.")
	}
	found, err := s.hub.OneInScope(edge, target)
	return scopeAnswer(found, nil), err
}
