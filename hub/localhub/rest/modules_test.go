package rest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/hub/localhub/core"
	"hubscope/hub/secret"
	"hubscope/hub/wire"
)

// Protocol 2.4: what a new module identity looks like, member for member.
// Protocol 2.2.2, 2.4.2, 2.4.3.
func TestNewModuleDocument(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	if got := f.do(t, request{method: http.MethodGet, path: "/devices/d/modules"}); strings.TrimSpace(got.body) != "[]" {
		t.Errorf("no modules: %d %s", got.status, got.body)
	}
	got := f.do(t, request{method: http.MethodPut, path: "/devices/d/modules/other", body: `{"deviceId":"d","moduleId":"m"}`})
	if got.status != http.StatusBadRequest {
		t.Errorf("another id in the body: %d %s", got.status, got.body)
	}
	got = f.do(t, request{method: http.MethodPut, path: "/devices/d/modules/m", body: `{"deviceId":"d","moduleId":"m","authentication":{"type":"sas","symmetricKey":{"primaryKey":"","secondaryKey":""}}}`})
	if got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	doc := members(t, []byte(got.body))
	for name, want := range map[string]string{
		"deviceId": `"d"`, "moduleId": `"m"`, "managedBy": `null`, "connectionState": `"Disconnected"`, "cloudToDeviceMessageCount": `0`,
		"connectionStateUpdatedTime": `"0001-01-01T00:00:00Z"`, "lastActivityTime": `"0001-01-01T00:00:00Z"`,
	} {
		if string(doc[name]) != want {
			t.Errorf("%s is %s, want %s", name, doc[name], want)
		}
	}
	for name, want := range map[string]bool{"generationId": true, "etag": true, "authentication": true, "status": false, "statusReason": false, "capabilities": false} {
		if _, there := doc[name]; there != want {
			t.Errorf("%s is there: %v", name, there)
		}
	}
	if got.header.Get("ETag") != string(doc["etag"]) {
		t.Errorf("ETag %s, etag %s", got.header.Get("ETag"), doc["etag"])
	}
	var list []wire.Module
	f.do(t, request{method: http.MethodGet, path: "/devices/d/modules/"}).decode(t, &list)
	if len(list) != 1 || list[0].ModuleID != "m" {
		t.Errorf("list %+v", list)
	}
}

// Protocol 2.3, 2.2.3, 2.2.4.
func TestModuleRefusals(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	f.module(t, "d", "m")
	const one, body = "/devices/d/modules/m", `{"deviceId":"d","moduleId":"m"}`
	for _, c := range []struct{ name, method, path, ifMatch, body, code string }{
		{"again", "PUT", one, "", body, "ModuleAlreadyExistsOnDevice"},
		{"stale", "PUT", one, `"b2xk"`, body, "PreconditionFailed"},
		{"delete stale", "DELETE", one, `"b2xk"`, "", "PreconditionFailed"},
		{"update of none", "PUT", "/devices/d/modules/x", "*", `{"deviceId":"d","moduleId":"x"}`, "ModuleNotFound"},
		{"read of none", "GET", "/devices/d/modules/x", "", "", "ModuleNotFound"},
		{"delete of none", "DELETE", "/devices/d/modules/x", "*", "", "ModuleNotFound"},
		{"on no device", "PUT", "/devices/x/modules/m", "", `{"deviceId":"x","moduleId":"m"}`, "DeviceNotFound"},
		{"list of no device", "GET", "/devices/x/modules", "", "", "DeviceNotFound"},
		{"another device", "PUT", "/devices/d/modules/n", "", `{"deviceId":"e","moduleId":"n"}`, "ArgumentInvalid"},
		{"bad id", "PUT", "/devices/d/modules/a%20b", "", `{"deviceId":"d","moduleId":"a b"}`, "ArgumentInvalid"},
		{"no JSON", "PUT", "/devices/d/modules/n", "", `{`, "DeserializationError"},
	} {
		q := request{method: c.method, path: c.path, body: c.body, header: http.Header{}}
		if c.ifMatch != "" {
			q.header.Set("If-Match", c.ifMatch)
		}
		if got := f.do(t, q); got.header.Get("Iothub-Errorcode") != c.code {
			t.Errorf("%s: %d %s", c.name, got.status, got.body)
		}
	}
	if got := f.do(t, request{method: http.MethodDelete, path: one, token: f.token(t, "registryRead")}); got.status != http.StatusUnauthorized {
		t.Errorf("without the right: %d", got.status)
	}
	if got := f.do(t, request{method: http.MethodDelete, path: one}); got.status != http.StatusNoContent {
		t.Errorf("delete: %d %s", got.status, got.body)
	}
}

// Protocol 2.4: modules in a bulk call, together with their device.
// Protocol 2.4.13.
func TestBulkModules(t *testing.T) {
	f := start(t)
	result := f.bulk(t, `{"id":"d","importMode":"create"},
		{"id":"d","moduleId":"m","importMode":"create","managedBy":"interop","tags":{"a":1},"properties":{"desired":{"b":2}}},
		{"id":"d","moduleId":"n","importMode":"createOrUpdate"},{"id":"x","moduleId":"m","importMode":"createOrUpdate"}`)
	if len(result.Errors) != 1 || result.Errors[0].ErrorCode != "DeviceNotFound" || result.Errors[0].ModuleID != "m" {
		t.Fatalf("%+v", result)
	}
	m, err := f.hub.Module(core.ID{Device: "d", Module: "m"})
	if err != nil || m.ManagedBy == nil || *m.ManagedBy != "interop" {
		t.Errorf("%+v, %v", m, err)
	}
	if twin, err := f.hub.Twin(core.ID{Device: "d", Module: "m"}); err != nil || string(twin.Tags) != `{"a":1}` {
		t.Errorf("%+v, %v", twin, err)
	}
	result = f.bulk(t, `{"id":"d","moduleId":"m","importMode":"updateTwin","tags":{"a":null}},{"id":"d","moduleId":"n","importMode":"delete"}`)
	if !result.IsSuccessful {
		t.Errorf("%+v", result)
	}
	if list, err := f.hub.Modules("d"); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestClientManagesModules(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	c := f.client(t, "registryReadWrite")
	created, err := c.CreateModule(t.Context(), hub.Module{DeviceID: "d", ModuleID: "m%1#", ManagedBy: "interop"})
	if err != nil || created.Auth.Primary.IsZero() || created.ETag == "" || created.ManagedBy != "interop" || created.Connected() || !created.LastActivity.IsZero() {
		t.Fatalf("%+v, %v", created, err)
	}
	if cs := created.ConnectionString(f.service(t, "device")); cs.ModuleID != created.ModuleID || cs.Key != created.Auth.Primary {
		t.Errorf("%v", cs)
	}
	_, err = c.CreateModule(t.Context(), created)
	if sentence, _ := hub.Explain(err); !errors.Is(err, hub.ErrConflict) || !strings.Contains(sentence, "has a module with this id already") {
		t.Errorf("again: %v, %q", err, sentence)
	}
	changed := created
	changed.ManagedBy = ""
	updated, err := c.UpdateModule(t.Context(), changed)
	if err != nil || updated.ManagedBy != "" || updated.ETag == created.ETag || updated.Auth != created.Auth {
		t.Errorf("%+v, %v", updated, err)
	}
	if _, err := c.UpdateModule(t.Context(), changed); !errors.Is(err, hub.ErrPrecondition) {
		t.Errorf("with the old etag: %v", err)
	}
	list, err := c.Modules(t.Context(), "d")
	if err != nil || len(list) != 1 || list[0] != updated {
		t.Errorf("%+v, %v", list, err)
	}
	if err := c.DeleteModule(t.Context(), "d", created.ModuleID, ""); err != nil {
		t.Error(err)
	}
	if _, err := c.Module(t.Context(), "d", created.ModuleID); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("after delete: %v", err)
	}
}

// Protocol 1.4, 2.1: a device manages its own modules with its own key, and
// nothing else of the registry; a module does not.
// Protocol 2.1.4.
func TestDeviceManagesItsModules(t *testing.T) {
	f := start(t)
	f.create(t, "d", "other")
	tokenOf := func(resource, key string) string {
		return sign(t, resource, secret.New(key), "", time.Now().Add(time.Hour))
	}
	d, err := f.hub.Device("d")
	if err != nil {
		t.Fatal(err)
	}
	own := tokenOf("localhost/devices/d", d.Authentication.SymmetricKey.PrimaryKey)
	do := func(token, method, path, body string) response {
		return f.do(t, request{method: method, path: path, body: body, token: token})
	}
	got := do(own, http.MethodPut, "/devices/d/modules/m", `{"deviceId":"d","moduleId":"m"}`)
	if got.status != http.StatusOK {
		t.Fatalf("create: %d %s", got.status, got.body)
	}
	var m wire.Module
	got.decode(t, &m)
	module := tokenOf("localhost/devices/d/modules/m", m.Authentication.SymmetricKey.PrimaryKey)
	for _, c := range []struct {
		name, token, method, path string
		status                    int
	}{
		{"lists", own, http.MethodGet, "/devices/d/modules", http.StatusOK},
		{"reads", own, http.MethodGet, "/devices/d/modules/m", http.StatusOK},
		{"itself", own, http.MethodGet, "/devices/d", http.StatusUnauthorized},
		{"another's list", own, http.MethodGet, "/devices/other/modules", http.StatusUnauthorized},
		{"another's module", own, http.MethodDelete, "/devices/other/modules/m", http.StatusUnauthorized},
		{"module reads itself", module, http.MethodGet, "/devices/d/modules/m", http.StatusUnauthorized},
		{"module deletes itself", module, http.MethodDelete, "/devices/d/modules/m", http.StatusUnauthorized},
		{"deletes", own, http.MethodDelete, "/devices/d/modules/m", http.StatusNoContent},
	} {
		if got := do(c.token, c.method, c.path, ""); got.status != c.status {
			t.Errorf("%s: %d %s, want %d", c.name, got.status, got.body, c.status)
		}
	}
}
