package hub_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hubscope/hub"
)

// What goes out, and to where, for what the service calls need (protocol 2.1).
func TestServiceRequests(t *testing.T) {
	type seen struct{ method, path, ifMatch, body string }
	var got seen
	c := clientOf(t, func(r *http.Request) (*http.Response, error) {
		body, _ := io.ReadAll(r.Body)
		got = seen{r.Method, r.URL.EscapedPath(), r.Header.Get("If-Match"), string(body)}
		if strings.HasSuffix(got.path, "/methods") {
			return reply(200, nil, `{"status":200,"payload":null}`), nil
		}
		return reply(200, nil, `{"deviceId":"d","moduleId":"m","isSuccessful":true,"totalMessagesPurged":2}`), nil
	}, hub.Retry{})
	ctx := t.Context()
	for _, q := range []struct {
		name string
		call func() error
		want seen
	}{
		{"read twin", func() error { _, err := c.Twin(ctx, "a/b"); return err }, seen{"GET", "/twins/a%2Fb", "", ""}},
		{"patch twin", func() error {
			_, err := c.PatchTwin(ctx, "d", hub.TwinUpdate{Desired: json.RawMessage(`{"a":null}`), ETag: "AAE="})
			return err
		}, seen{"PATCH", "/twins/d", `"AAE="`, `{"properties":{"desired":{"a":null}}}`}},
		{"replace module twin", func() error {
			_, err := c.ReplaceModuleTwin(ctx, "d", "$edgeHub", hub.TwinUpdate{Tags: json.RawMessage(`{}`)})
			return err
		}, seen{"PUT", "/twins/d/modules/%24edgeHub", `"*"`, `{"tags":{}}`}},
		{"method", func() error {
			_, err := c.InvokeMethod(ctx, "d", hub.MethodCall{Name: "m", ConnectTimeout: 1500 * time.Millisecond})
			return err
		}, seen{"POST", "/twins/d/methods", "", `{"methodName":"m","responseTimeoutInSeconds":30,"connectTimeoutInSeconds":2,"payload":null}`}},
		{"module method", func() error {
			_, err := c.InvokeModuleMethod(ctx, "d", "m", hub.MethodCall{Name: "m", Payload: json.RawMessage(`1`), ResponseTimeout: 5 * time.Second})
			return err
		}, seen{"POST", "/twins/d/modules/m/methods", "", `{"methodName":"m","responseTimeoutInSeconds":5,"connectTimeoutInSeconds":0,"payload":1}`}},
		{"delete module", func() error { return c.DeleteModule(ctx, "d", "m", "") }, seen{"DELETE", "/devices/d/modules/m", `"*"`, ""}},
		{"purge", func() error { _, err := c.PurgeC2D(ctx, "d"); return err }, seen{"DELETE", "/devices/d/commands", "", ""}},
		{"bulk delete", func() error {
			_, err := c.Bulk(ctx, []hub.Change{{Mode: hub.BulkDeleteIfMatchETag, Device: hub.Device{DeviceID: "d", ETag: "x"}}})
			return err
		}, seen{"POST", "/devices", "", `[{"id":"d","eTag":"x","importMode":"deleteIfMatchETag"}]`}},
	} {
		if err := q.call(); err != nil || got != q.want {
			t.Errorf("%s: %+v, want %+v; %v", q.name, got, q.want, err)
		}
	}
}

// Protocol 2.1, 2.4: a result with errors in it is no error, with either status
// and with the error codes of older services; anything else with 400 is one.
func TestBulkResults(t *testing.T) {
	for _, q := range []struct {
		status int
		body   string
		names  []string
		err    error
	}{
		{200, `{"isSuccessful":true,"errors":[],"warnings":[]}`, nil, nil},
		{200, `{"isSuccessful":false,"errors":[{"deviceId":"d","errorCode":409001,"errorStatus":"there"}]}`, []string{"409001"}, nil},
		{400, `{"isSuccessful":false,"errors":[{"deviceId":"d","errorCode":"DeviceNotFound","errorStatus":"gone"},{"deviceId":"e","moduleId":"m","errorCode":"X","errorStatus":"y"}]}`, []string{"DeviceNotFound", "X"}, nil},
		{400, `{"Message":"ErrorCode:ArgumentInvalid;bad","ExceptionMessage":"Tracking ID:1"}`, nil, hub.ErrBadRequest},
		{400, `isSuccessful`, nil, hub.ErrBadRequest},
		{413, `{"isSuccessful":false}`, nil, hub.ErrTooLarge},
	} {
		c := clientOf(t, func(*http.Request) (*http.Response, error) { return reply(q.status, nil, q.body), nil }, hub.Retry{Tries: 1})
		result, err := c.Bulk(t.Context(), []hub.Change{{Mode: hub.BulkCreate, Device: hub.Device{DeviceID: "d"}}})
		var names []string
		for _, e := range result.Errors {
			names = append(names, e.Name)
		}
		if strings.Join(names, " ") != strings.Join(q.names, " ") || !errors.Is(err, q.err) || result.OK() != (len(q.names) == 0) {
			t.Errorf("%d %s: %v, %v", q.status, q.body, names, err)
		}
	}
}

// A method may take longer than other calls, and a device that may have run it is
// not asked again.
func TestMethodIsPatientAndInvokedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		c := clientOf(t, func(r *http.Request) (*http.Response, error) {
			calls++
			select {
			case <-r.Context().Done():
				return nil, r.Context().Err()
			case <-time.After(5 * time.Minute):
			}
			return reply(504, http.Header{"Iothub-Errorcode": {"GatewayTimeout"}}, `{"Message":"{\"errorCode\":504101,\"message\":\"Timed out waiting for the response from device.\",\"info\":{}}"}`), nil
		}, hub.Retry{})
		_, err := c.InvokeMethod(t.Context(), "d", hub.MethodCall{Name: "m", ResponseTimeout: 5 * time.Minute})
		var refusal *hub.Error
		if !errors.As(err, &refusal) || refusal.Code != 504101 || calls != 1 {
			t.Errorf("%d calls, %v", calls, err)
		}
		if sentence, _ := hub.Explain(err); sentence != `could not invoke "m" on "d": the device did not answer in time` {
			t.Errorf("%q", sentence)
		}
	})
}
