package rest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/pnp"
)

const headerCommandStatus = "x-ms-command-statuscode"

// digitalTwinRoutes are digital twins, over twins and methods (protocol 2.10).
func (s *server) digitalTwinRoutes() []route {
	const one = "/digitaltwins/{id}"
	return []route{
		{method: http.MethodGet, pattern: one, rights: core.ServiceConnect, serve: s.getDigitalTwin},
		{method: http.MethodPatch, pattern: one, rights: core.ServiceConnect, serve: s.patchDigitalTwin},
		{method: http.MethodPost, pattern: one + "/commands/{command}", rights: core.ServiceConnect, serve: s.invokeCommand},
		{method: http.MethodPost, pattern: one + "/components/{component}/commands/{command}", rights: core.ServiceConnect, serve: s.invokeCommand},
	}
}

func (s *server) getDigitalTwin(c *call) (answer, error) {
	twin, err := s.hub.Twin(c.identity())
	if err != nil {
		return answer{}, err
	}
	document, err := pnp.Document(twin)
	return answer{etag: twin.ETag, body: document}, err
}

func (s *server) patchDigitalTwin(c *call) (answer, error) {
	text, err := c.readBody()
	if err != nil {
		return answer{}, err
	}
	desired, err := pnp.Patch(text)
	if err != nil {
		return answer{}, err
	}
	etag, _ := c.ifMatch()
	twin, err := s.hub.PatchTwin(c.Context(), c.identity(), core.TwinPatch{Desired: desired}, etag)
	location := "https://" + c.Host + "/digitaltwins/" + url.PathEscape(c.params["id"])
	return answer{status: http.StatusAccepted, etag: twin.ETag, header: map[string]string{"Location": location}}, err
}

// invokeCommand is a direct method; one of a component is called
// component*command on the device.
func (s *server) invokeCommand(c *call) (answer, error) {
	payload, err := c.readBody()
	if err != nil {
		return answer{}, err
	}
	if len(payload) > 0 && !json.Valid(payload) {
		return answer{}, core.NewError(codeDeserialization, "The request body is not valid: it must be JSON.")
	}
	name := c.params["command"]
	if component := c.params["component"]; component != "" {
		name = component + "*" + name
	}
	q := c.URL.Query()
	result, err := s.hub.InvokeMethod(c.Context(), c.identity(), core.MethodCall{
		Name: name, Payload: payload,
		ResponseTimeout: time.Duration(number(q.Get("responseTimeoutInSeconds"), 0)) * time.Second,
		ConnectTimeout:  time.Duration(number(q.Get("connectTimeoutInSeconds"), 0)) * time.Second,
	})
	if err != nil {
		return answer{}, methodError(err)
	}
	a := answer{header: map[string]string{headerCommandStatus: strconv.Itoa(result.Status)}}
	a.raw = &raw{contentTypeJSON, []byte(result.Payload)}
	if len(result.Payload) == 0 {
		a.raw.data = []byte("null")
	}
	return a, nil
}
