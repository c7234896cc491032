package rest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hubscope/hub/localhub/rest"
	"hubscope/hub/wire"
)

// Whatever a request asks for, the hub answers with JSON or in the shape of a refusal.
func FuzzRequest(f *testing.F) {
	for _, seed := range []request{
		{method: "PUT", path: "/devices/d1", body: `{"deviceId":"d1","status":"disabled"}`},
		{method: "GET", path: "/devices/?top=5"},
		{method: "DELETE", path: "/devices/%00"},
		{method: "POST", path: "/devices/query", body: `{"query":"SELECT * FROM devices WHERE deviceId = 'a'"}`},
		{method: "PUT", path: "/devices/d", body: `{"deviceId":"d","authentication":{"type":"selfSigned","x509Thumbprint":{"primaryThumbprint":"x"}}}`},
		{method: "PUT", path: "/devices/d", body: `{"deviceId":"d","authentication":{"type":"selfSigned"},"parentScopes":[""]}`},
		{method: "GET", path: "/statistics/service"},
		{method: "PATCH", path: "/twins/there", body: `{"tags":{"a":null},"properties":{"desired":{"b":{"c":[1,{}]}},"reported":{"$metadata":{}}}}`},
		{method: "PUT", path: "/twins/there/modules/m", body: `{"tags":null,"properties":{"desired":{"$version":1}}}`},
		{method: "POST", path: "/twins/there/methods", body: `{"methodName":"m","payload":{"a":1},"responseTimeoutInSeconds":5}`},
		{method: "PUT", path: "/devices/there/modules/n", body: `{"deviceId":"there","moduleId":"n","managedBy":null}`},
		{method: "POST", path: "/devices", body: `[{"id":"b","importMode":"createOrUpdate","tags":{"a":1},"properties":{"desired":{"b":1},"reported":{"c":1}}},{"id":"b","importMode":"deleteIfMatchETag","eTag":"x"}]`},
		{method: "DELETE", path: "/devices/there/commands"},
		{method: "POST", path: "/devices/there/messages/events", body: "x"},
		{method: "GET", path: "/devices/there/messages/devicebound"},
		{method: "DELETE", path: "/devices/there/messages/devicebound/1?reject"},
		{method: "POST", path: "/devices/there/messages/devicebound", body: "x"},
		{method: "GET", path: "/messages/serviceBound/feedback"},
	} {
		f.Add(seed.method, seed.path, "*", "tok1", seed.body)
	}
	h := openHub(f, f.TempDir())
	for _, create := range []func() error{
		func() error { _, err := h.CreateDevice(f.Context(), wire.Device{DeviceID: "there"}); return err },
		func() error {
			_, err := h.CreateModule(f.Context(), wire.Module{DeviceID: "there", ModuleID: "m"})
			return err
		},
	} {
		if err := create(); err != nil {
			f.Fatal(err)
		}
	}
	handler := rest.Handler(h, rest.Options{})
	policy, _ := h.Policy("iothubowner")
	token := sign(f, "localhost", policy.Primary, "iothubowner", time.Now().Add(time.Hour))
	f.Fuzz(func(t *testing.T, method, path, ifMatch, continuation, body string) {
		r, err := http.NewRequestWithContext(t.Context(), method, "https://localhost/?api-version=2021-04-12", strings.NewReader(body))
		if err != nil {
			t.Skip()
		}
		if r.URL, err = r.URL.Parse(path); err != nil {
			t.Skip()
		}
		q := r.URL.Query()
		q.Set("api-version", "2021-04-12")
		r.URL.RawQuery = q.Encode()
		r.Header.Set("Authorization", token)
		r.Header.Set("If-Match", ifMatch)
		r.Header.Set("x-ms-continuation", continuation)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		recorded(w).check(t, method+" "+path)
	})
}

// Whatever a batch holds, its messages are read or it is refused.
func FuzzTelemetryBatch(f *testing.F) {
	f.Add(`[{"body":"eA==","properties":{"iothub-app-a":"b","iothub-expiry":"soon"}}]`)
	f.Add(`[{"body":"x","base64Encoded":false,"properties":{"iothub-app-":5,"dt-subject":null}},{}]`)
	f.Add(`[null]`)
	h := openHub(f, f.TempDir())
	if _, err := h.CreateDevice(f.Context(), wire.Device{DeviceID: "there"}); err != nil {
		f.Fatal(err)
	}
	handler := rest.Handler(h, rest.Options{})
	policy, _ := h.Policy("device")
	token := sign(f, "localhost", policy.Primary, "device", time.Now().Add(time.Hour))
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://localhost/devices/there/messages/events?api-version=2021-04-12", strings.NewReader(body))
		r.Header.Set("Authorization", token)
		r.Header.Set("Content-Type", "application/vnd.microsoft.iothub.json")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		switch w.Code {
		case http.StatusNoContent, http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		default:
			t.Errorf("%d %s", w.Code, w.Body)
		}
		recorded(w).check(t, "batch")
	})
}
