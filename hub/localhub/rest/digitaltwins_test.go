package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"hubscope/hub/localhub/core"
)

// Protocol 2.10.1, 2.10.2, 2.10.3.
func TestDigitalTwin(t *testing.T) {
	f := start(t)
	f.create(t, "d1")
	session, err := f.hub.Connect(t.Context(), core.SessionInfo{ID: core.ID{Device: "d1"}, ModelID: "dtmi:com:example:T;1"}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	session.OnMethod(func(r core.MethodRequest) {
		go func() {
			_ = session.AnswerMethod(r.RequestID, 202, []byte(`{"name":"`+r.Name+`","got":`+string(r.Payload)+`}`))
		}()
	})
	patch := f.do(t, request{method: http.MethodPatch, path: "/digitaltwins/d1", body: `[{"op":"add","path":"/c1/target","value":5}]`})
	if patch.status != http.StatusAccepted || patch.header.Get("ETag") == "" || !strings.HasSuffix(patch.header.Get("Location"), "/digitaltwins/d1") || patch.body != "" {
		t.Errorf("%d %v %s", patch.status, patch.header, patch.body)
	}
	if got := f.do(t, request{method: http.MethodGet, path: "/digitaltwins/d1"}); got.header.Get("ETag") != patch.header.Get("ETag") || !strings.Contains(got.body, `"target":{"desiredValue":5,"desiredVersion":2}`) || !strings.Contains(got.body, `"$model":"dtmi:com:example:T;1"`) {
		t.Error(got.body)
	}
	for path, want := range map[string]string{"/commands/reboot": "reboot", "/components/c1/commands/reset": "c1*reset"} {
		got := f.do(t, request{method: http.MethodPost, path: "/digitaltwins/d1" + path + "?connectTimeoutInSeconds=0&responseTimeoutInSeconds=10", body: `{"a":1}`})
		if got.status != http.StatusOK || got.header.Get("X-Ms-Command-Statuscode") != "202" || got.body != `{"name":"`+want+`","got":{"a":1}}` {
			t.Errorf("%d %v %s", got.status, got.header, got.body)
		}
	}
	if got := f.do(t, request{method: http.MethodPatch, path: "/digitaltwins/d1", body: `[{"op":"add","path":"/a","value":5}]`, header: http.Header{"If-Match": {`"old"`}}}); got.status != http.StatusPreconditionFailed {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := f.do(t, request{method: http.MethodGet, path: "/digitaltwins/none"}); got.status != http.StatusNotFound {
		t.Errorf("%d %s", got.status, got.body)
	}
}
