package localhub

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestPathsAreTakenAsTheyCome(t *testing.T) {
	say := func(what string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Set("By", what) })
	}
	web := &paths{rest: say("rest")}
	web.handle("/$iothub/websocket", say("sockets"))
	for path, want := range map[string]string{
		"/$iothub/websocket": "sockets", "/$iothub/websocket/": "sockets", "/$iothub/websocket/x": "rest",
		"/devices/..": "rest", "//devices": "rest", "/devices/./a": "rest", "/": "rest",
	} {
		answer := httptest.NewRecorder()
		web.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "https://localhost"+path, nil))
		if got := answer.Header().Get("By"); got != want || answer.Code != http.StatusOK {
			t.Errorf("%s: %d by %q, want 200 by %q", path, answer.Code, got, want)
		}
	}
}
