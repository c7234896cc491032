package rest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hubscope/hub/localhub/rest"
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
	} {
		f.Add(seed.method, seed.path, "*", "tok1", seed.body)
	}
	h := openHub(f, f.TempDir())
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
		response{w.Code, w.Header(), w.Body.String()}.check(t, method+" "+path)
	})
}
