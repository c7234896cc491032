package rest_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"hubscope/hub/localhub/rest"
	"hubscope/hub/localhub/store"
	"hubscope/hub/localhub/upload"
)

// operations are those that every program with a policy can call on any hub
// (protocol 2.1), with a policy that lacks the right for it (protocol 1.4).
var operations = []struct{ method, path, lacks string }{
	{"GET", "/devices", "service"},
	{"POST", "/devices", "registryRead"},
	{"POST", "/devices/query", "registryReadWrite"},
	{"GET", "/devices/d", "service"},
	{"PUT", "/devices/d", "registryRead"},
	{"DELETE", "/devices/d", "registryRead"},
	{"GET", "/devices/d/modules", "service"},
	{"GET", "/devices/d/modules/m", "service"},
	{"PUT", "/devices/d/modules/m", "registryRead"},
	{"DELETE", "/devices/d/modules/m", "registryRead"},
	{"DELETE", "/devices/d/commands", "registryReadWrite"},
	{"GET", "/twins/d", "registryReadWrite"},
	{"PATCH", "/twins/d", "registryReadWrite"},
	{"PUT", "/twins/d", "registryReadWrite"},
	{"GET", "/twins/d/modules/m", "registryReadWrite"},
	{"PATCH", "/twins/d/modules/m", "registryReadWrite"},
	{"PUT", "/twins/d/modules/m", "registryReadWrite"},
	{"POST", "/twins/d/methods", "registryReadWrite"},
	{"POST", "/twins/d/modules/m/methods", "registryReadWrite"},
	{"GET", "/statistics/devices", "service"},
	{"GET", "/statistics/service", "registryRead"},
	{"GET", "/digitaltwins/d", "registryReadWrite"},
	{"PATCH", "/digitaltwins/d", "registryReadWrite"},
	{"POST", "/digitaltwins/d/commands/c", "registryReadWrite"},
	{"POST", "/digitaltwins/d/components/x/commands/c", "registryReadWrite"},
}

// Protocol 2.0, 2.3, 1.4: what every operation answers to a request that is wrong
// before its body is read.
// Protocol 1.4.2, 2.0.2, 2.1.1, 2.3.1, 2.3.2.
func TestEveryOperationRefuses(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	check := func(what string, got response, status int, name string) {
		t.Helper()
		if got.status != status || got.header.Get("iothub-errorcode") != name || !strings.Contains(got.body, "ErrorCode:"+name+";") {
			t.Errorf("%s: %d %s %s, want %d %s", what, got.status, got.header.Get("iothub-errorcode"), got.body, status, name)
		}
		if got.header.Get("x-ms-request-id") == "" || !strings.HasPrefix(got.header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: %v", what, got.header)
		}
	}
	for _, o := range operations {
		what := o.method + " " + o.path + ": "
		ask := func(q request) response {
			q.path = o.path
			if q.method == "" {
				q.method = o.method
			}
			return f.do(t, q)
		}
		check(what+"no token", ask(request{token: "-"}), http.StatusUnauthorized, "IotHubUnauthorized")
		check(what+"no version", ask(request{version: "-"}), http.StatusBadRequest, "InvalidProtocolVersion")
		check(what+"no such version", ask(request{version: "latest"}), http.StatusBadRequest, "InvalidProtocolVersion")
		check(what+"policy "+o.lacks, ask(request{token: f.token(t, o.lacks)}), http.StatusUnauthorized, "IotHubUnauthorizedAccess")
		got := ask(request{method: http.MethodTrace})
		check(what+"another verb", got, http.StatusMethodNotAllowed, "GenericMethodNotAllowed")
		if !strings.Contains(got.header.Get("Allow"), o.method) {
			t.Errorf("%sAllow is %q", what, got.header.Get("Allow"))
		}
	}
}

// A container is asked for with registry write, and needs no api-version.
func TestContainers(t *testing.T) {
	db, err := store.Open(filepath.Join(t.TempDir(), "containers.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	containers, err := upload.OpenContainers(db, upload.Options{Dir: t.TempDir(), Host: func() string { return "localhost" }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := containers.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	f := startWith(t, rest.Options{Containers: containers})
	for _, c := range []struct {
		name, policy string
		status       int
	}{
		{"jobs", "iothubowner", http.StatusOK},
		{"jobs", "registryReadWrite", http.StatusOK},
		{"jobs", "registryRead", http.StatusUnauthorized},
		{"jobs", "service", http.StatusUnauthorized},
		{"..", "iothubowner", http.StatusBadRequest},
		{".staging", "iothubowner", http.StatusBadRequest},
		{"Jobs", "iothubowner", http.StatusBadRequest},
		{"a%2Fb", "iothubowner", http.StatusBadRequest},
	} {
		got := f.do(t, request{method: http.MethodPut, path: "/$hubscope/containers/" + c.name, version: "-", token: f.token(t, c.policy)})
		if got.status != c.status || c.status == http.StatusOK && !strings.Contains(got.body, "https://localhost/containers/jobs?") {
			t.Errorf("%s by %s: %d %s", c.name, c.policy, got.status, got.body)
		}
	}
}

// Protocol 0.12: the Node SDK takes an answer for an object only if it says that it is JSON.
func TestGETsAreJSON(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	f.module(t, "d", "m")
	for _, o := range operations {
		if o.method != http.MethodGet {
			continue
		}
		got := f.do(t, request{method: http.MethodGet, path: o.path})
		if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "application/json") || !json.Valid([]byte(got.body)) {
			t.Errorf("GET %s: %d, %q, %s", o.path, got.status, got.header.Get("Content-Type"), got.body)
		}
	}
}
