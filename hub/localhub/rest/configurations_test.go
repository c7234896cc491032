package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"hubscope/hub/localhub/adm"
	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/rest"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/localhub/store"
)

func startConfigurations(t *testing.T) *fixture {
	t.Helper()
	return startMade(t, func(h *core.Hub, db *store.DB) rest.Options {
		configurations, err := adm.Open(db, adm.Options{Hub: h, Language: selection.New(h, nil)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := configurations.Close(); err != nil {
				t.Error(err)
			}
		})
		return rest.Options{Configurations: configurations}
	})
}

// Protocol 2.1, 2.2, 2.9, as the Node SDK asks.
// Protocol 2.2.10, 2.9.3, 2.9.4.
func TestConfigurations(t *testing.T) {
	f := startConfigurations(t)
	const body = `{"id":"c1","content":{"deviceContent":{}},"targetCondition":"*","priority":1,"schemaVersion":"1.0"}`
	put := func(id, body, etag string) response {
		h := http.Header{}
		if etag != "" {
			h.Set("If-Match", etag)
		}
		return f.do(t, request{method: http.MethodPut, path: "/configurations/" + id, body: body, header: h})
	}
	made := put("c1", body, "")
	if made.status != http.StatusOK || !strings.Contains(made.body, `"systemMetrics":{"results":{"appliedCount":`) {
		t.Errorf("%d %s", made.status, made.body)
	}
	if got := put("c1", strings.Replace(body, `"priority":1`, `"priority":2`, 1), made.header.Get("ETag")); got.status != http.StatusOK || !strings.Contains(got.body, `"priority":2`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := f.do(t, request{method: http.MethodGet, path: "/configurations"}); !strings.HasPrefix(got.body, `[{"id":"c1"`) {
		t.Error(got.body)
	}
	if got := f.do(t, request{method: http.MethodPost, path: "/configurations/testQueries", body: `{"targetCondition":"tags.a =","customMetricQueries":{"m":"SELECT * FROM devices"}}`}); got.status != http.StatusOK || !strings.Contains(got.body, `"customMetricQueryErrors":{}`) || strings.Contains(got.body, `"targetConditionError":""`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	remove := func() response {
		return f.do(t, request{method: http.MethodDelete, path: "/configurations/c1", header: http.Header{"If-Match": {`"*"`}}})
	}
	for name, c := range map[string]struct {
		got  response
		want string
	}{
		"exists":      {put("c1", body, ""), "ConfigurationAlreadyExists"},
		"old etag":    {put("c1", body, made.header.Get("ETag")), "PreconditionFailed"},
		"other id":    {put("c2", body, ""), "ArgumentInvalid"},
		"other one":   {put("c1", strings.Replace(body, "{}", `{"properties.desired.a":1}`, 1), `"*"`), "CannotModifyImmutableConfigurationContent"},
		"no one":      {f.do(t, request{method: http.MethodGet, path: "/configurations/c2"}), "ConfigurationNotFound"},
		"not allowed": {f.do(t, request{method: http.MethodGet, path: "/configurations/c1", token: f.token(t, "device")}), "IotHubUnauthorizedAccess"},
	} {
		if code, _ := c.got.refusal(t); code != c.want {
			t.Errorf("%s: %s, want %s", name, code, c.want)
		}
	}
	if got := remove(); got.status != http.StatusNoContent {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// Protocol 2.1.6.
func TestApplyConfigurationContent(t *testing.T) {
	f := startConfigurations(t)
	f.create(t, "edge")
	got := f.do(t, request{method: http.MethodPost, path: "/devices/edge/applyConfigurationContent", body: `{"modulesContent":{"$edgeAgent":{"properties.desired.schemaVersion":"1.1"}}}`})
	twin, err := f.hub.Twin(core.ID{Device: "edge", Module: "$edgeAgent"})
	if got.status != http.StatusNoContent || err != nil || !strings.Contains(string(twin.Properties.Desired), `"schemaVersion":"1.1"`) {
		t.Errorf("%d %s, %v", got.status, got.body, err)
	}
	if _, err := f.hub.Module(core.ID{Device: "edge", Module: "$edgeAgent"}); err != nil {
		t.Error(err)
	}
	if got := f.do(t, request{method: http.MethodPost, path: "/devices/none/applyConfigurationContent", body: `{}`}); got.status != http.StatusNotFound {
		t.Errorf("%d %s", got.status, got.body)
	}
}
