package rest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hubscope/hub/wire"
)

// Protocol 2.4: what a new identity looks like, member for member.
// Protocol 2.2.2, 2.4.1, 2.4.4.
func TestNewDeviceDocument(t *testing.T) {
	f := start(t)
	got := f.do(t, request{method: http.MethodPut, path: "/devices/dev1", body: `{"deviceId":"dev1","authentication":{"type":"sas","symmetricKey":{"primaryKey":"","secondaryKey":""}}}`})
	if got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	var d map[string]any
	if err := json.Unmarshal([]byte(got.body), &d); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"deviceId": "dev1", "connectionState": "Disconnected", "status": "enabled", "statusReason": nil,
		"connectionStateUpdatedTime": "0001-01-01T00:00:00Z", "statusUpdatedTime": "0001-01-01T00:00:00Z",
		"lastActivityTime": "0001-01-01T00:00:00Z", "cloudToDeviceMessageCount": 0.0,
	} {
		if have, ok := d[name]; !ok || have != want {
			t.Errorf("%s is %v, want %v", name, have, want)
		}
	}
	for _, name := range []string{"generationId", "etag", "authentication", "capabilities"} {
		if d[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}
	for _, name := range []string{"deviceScope", "parentScopes"} {
		if _, there := d[name]; there {
			t.Errorf("%s is there and was not set", name)
		}
	}
	if got.header.Get("ETag") != `"`+d["etag"].(string)+`"` {
		t.Errorf("ETag %s, etag %v", got.header.Get("ETag"), d["etag"])
	}
}

// Protocol 2.2.3, 2.2.4, 2.2.5, 2.2.6, 2.2.7.
func TestIfMatchForms(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	d, err := f.hub.Device("d")
	if err != nil {
		t.Fatal(err)
	}
	etag := d.ETag
	put := func(ifMatch string) response {
		q := request{method: http.MethodPut, path: "/devices/d", body: `{"deviceId":"d"}`, header: http.Header{}}
		if ifMatch != "" {
			q.header.Set("If-Match", ifMatch)
		}
		got := f.do(t, q)
		if got.status == http.StatusOK {
			var d wire.Device
			if err := json.Unmarshal([]byte(got.body), &d); err != nil {
				t.Fatal(err)
			}
			if d.ETag == etag {
				t.Errorf("If-Match %s: the etag stayed", ifMatch)
			}
			etag = d.ETag
		}
		return got
	}
	for _, c := range []struct {
		ifMatch func() string
		status  int
		name    string
	}{
		{func() string { return "" }, http.StatusConflict, "DeviceAlreadyExists"},
		{func() string { return "*" }, http.StatusOK, ""},
		{func() string { return `"*"` }, http.StatusOK, ""},
		{func() string { return `"` + etag + `"` }, http.StatusOK, ""},
		{func() string { return `W/"` + etag + `"` }, http.StatusOK, ""},
		{func() string { return etag }, http.StatusOK, ""},
		{func() string { return `"b3RoZXI="` }, http.StatusPreconditionFailed, "PreconditionFailed"},
	} {
		ifMatch := c.ifMatch()
		got := put(ifMatch)
		if got.status != c.status || got.header.Get("Iothub-Errorcode") != c.name {
			t.Errorf("If-Match %q: %d %s", ifMatch, got.status, got.body)
		}
	}
	if got := f.do(t, request{method: http.MethodPut, path: "/devices/missing", body: `{"deviceId":"missing"}`, header: http.Header{"If-Match": {"*"}}}); got.status != http.StatusNotFound {
		t.Errorf("update of a missing device: %d %s", got.status, got.body)
	}
	if got := f.do(t, request{method: http.MethodDelete, path: "/devices/d", header: http.Header{"If-Match": {`"b3RoZXI="`}}}); got.status != http.StatusPreconditionFailed {
		t.Errorf("delete with another etag: %d", got.status)
	}
	if got := f.do(t, request{method: http.MethodDelete, path: "/devices/d"}); got.status != http.StatusNoContent {
		t.Errorf("delete without an etag: %d", got.status)
	}
	if got := f.do(t, request{method: http.MethodDelete, path: "/devices/d"}); got.status != http.StatusNotFound {
		t.Errorf("second delete: %d", got.status)
	}
}

// Protocol 1.5, 2.1: ids are decoded once and keep their case; words do not.
// Protocol 1.5.1, 1.5.2, 2.1.2.
func TestPaths(t *testing.T) {
	f := start(t)
	const special = `dev-1.a+b%25_d#e*f?g!(h),i=j@k$l'm:n;o`
	for _, path := range []string{
		"/devices/" + strings.ReplaceAll(url.QueryEscape(special), "+", "%20"),
		"/devices/" + url.PathEscape(special),
	} {
		if strings.Contains(path, "%20") {
			t.Fatal("the id has no blank")
		}
		if got := f.do(t, request{method: http.MethodPut, path: path, body: `{"deviceId":"` + special + `"}`}); got.status != http.StatusOK {
			t.Errorf("create at %s: %d %s", path, got.status, got.body)
		}
		if got := f.do(t, request{method: http.MethodDelete, path: "/DEVICES" + strings.TrimPrefix(path, "/devices")}); got.status != http.StatusNoContent {
			t.Errorf("delete at %s: %d %s", path, got.status, got.body)
		}
	}
	f.create(t, "Case", "query")
	for path, status := range map[string]int{
		"/devices/Case": 200, "/Devices/Case/": 200, "/devices/case": 404, "/devices/query": 200,
		"/devices/a%2Fb": 404, "/devices/Case/x": 404, "/": 404, "/nothing": 404, "//devices/Case": 404,
		"/devices/..": 404, "/devices/%2e%2e%2f": 404,
	} {
		if got := f.do(t, request{method: http.MethodGet, path: path}); got.status != status {
			t.Errorf("GET %s: %d %s", path, got.status, got.body)
		}
	}
	got := f.do(t, request{method: http.MethodPatch, path: "/devices/Case"})
	if got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "DELETE, GET, PUT" {
		t.Errorf("PATCH: %d, Allow %q", got.status, got.header.Get("Allow"))
	}
}

// Protocol 2.1.3.
func TestListDevices(t *testing.T) {
	f := start(t)
	if got := f.do(t, request{method: http.MethodGet, path: "/devices/"}); strings.TrimSpace(got.body) != "[]" {
		t.Errorf("empty registry: %s", got.body)
	}
	f.create(t, numbered(5)...)
	for path, want := range map[string]int{"/devices": 5, "/devices/?top=": 5, "/devices?top=2": 2, "/devices?top=0": 5, "/devices?top=-1": 5, "/devices?top=5000": 5, "/devices?top=x": 5} {
		var list []wire.Device
		got := f.do(t, request{method: http.MethodGet, path: path})
		if err := json.Unmarshal([]byte(got.body), &list); err != nil || len(list) != want {
			t.Errorf("%s: %d devices, %v", path, len(list), err)
		}
		if len(list) > 0 && list[0].Authentication.SymmetricKey.PrimaryKey == "" {
			t.Errorf("%s: a list of identities has their keys", path)
		}
	}
}

// Protocol 0.11, 1.5.5, 2.3.2, 2.4.3.
func TestBadBodies(t *testing.T) {
	f := start(t)
	for _, c := range []struct {
		body, name, says string
		status           int
	}{
		{`{"deviceId":"other"}`, "ArgumentInvalid", "deviceId", 400},
		{`{}`, "ArgumentInvalid", "deviceId", 400},
		{``, "DeserializationError", "not JSON", 400},
		{`{"deviceId":"d"`, "DeserializationError", "not JSON at byte 15", 400},
		{`[]`, "DeserializationError", "the document must not be of the JSON type array", 400},
		{`{"deviceId":5}`, "DeserializationError", "'deviceId' must not be a number", 400},
		{`{"deviceId":"d","authentication":{"symmetricKey":{"primaryKey":5}}}`, "DeserializationError", "must not be a number", 400},
		{`{"deviceId":"d","authentication":{"symmetricKey":{"primaryKey":"c2VjcmV0LXNlY3JldA==","secondaryKey":""}}}`, "ArgumentInvalid", "both", 400},
		{`{"deviceId":"d","authentication":{"symmetricKey":{"primaryKey":"c2VjcmV0!","secondaryKey":"c2VjcmV0!"}}}`, "ArgumentInvalid", "not base64", 400},
		{`{"deviceId":"d","status":"asleep"}`, "ArgumentInvalid", "status", 400},
		{`{"deviceId":"d","lastActivityTime":"yesterday"}`, "DeserializationError", "wrong form", 400},
		{`{"deviceId":"` + strings.Repeat("x", 300<<10) + `"}`, "MessageTooLarge", "more than 262144 bytes", 413},
	} {
		got := f.do(t, request{method: http.MethodPut, path: "/devices/d", body: c.body})
		name, text := got.refusal(t)
		if got.status != c.status || name != c.name || !strings.Contains(text, c.says) {
			t.Errorf("%.60s: %d %s: %s", c.body, got.status, name, text)
		}
		if strings.Contains(got.body, "c2VjcmV0") {
			t.Errorf("the answer repeats a key: %s", got.body)
		}
	}
	if _, err := f.hub.Device("d"); err == nil {
		t.Error("a refused body made a device")
	}
}
