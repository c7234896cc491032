package rest_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/hub/localhub/core"
)

// connect gives the live session of an identity, as MQTT or AMQP would have it.
func (f *fixture) connect(t testing.TB, id core.ID) *core.Session {
	t.Helper()
	s, err := f.hub.Connect(t.Context(), core.SessionInfo{ID: id, Protocol: "mqtt", Principal: core.Principal{Policy: "device"}}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// echo answers every method with status 217 and what it was given.
func echo(t testing.TB, s *core.Session) {
	s.OnMethod(func(m core.MethodRequest) {
		go func() {
			if err := s.AnswerMethod(m.RequestID, 217, m.Payload); err != nil {
				t.Error(err)
			}
		}()
	})
}

// Protocol 2.7: HTTP 200 whatever the device's status, and payloads byte for byte both ways.
// Protocol 2.7.1, 2.7.2.
func TestMethodOverREST(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	f.module(t, "d", "m")
	echo(t, f.connect(t, core.ID{Device: "d"}))
	echo(t, f.connect(t, core.ID{Device: "d", Module: "m"}))
	for _, path := range twinPaths {
		for _, payload := range []string{
			`null`, `{}`, `"<&>  é \u00e9"`, `{"a" : 1,  "a":12345678901234567890.10}`, `[1.0,
			-0]`, `false`,
		} {
			got := f.do(t, request{method: http.MethodPost, path: path + "/methods", body: `{"methodName":"m","payload":` + payload + `,"responseTimeoutInSeconds":5,"connectTimeoutInSeconds":0}`})
			if want := `{"status":217,"payload":` + payload + `}`; got.status != http.StatusOK || got.body != want {
				t.Errorf("%s: %d %s, want %s", path, got.status, got.body, want)
			}
		}
		if got := f.do(t, request{method: http.MethodPost, path: path + "/methods", body: `{"methodName":"m"}`}); got.body != `{"status":217,"payload":null}` {
			t.Errorf("%s without payload: %d %s", path, got.status, got.body)
		}
	}
}

// Protocol 2.3, 2.7: what is wrong between hub and device has the second shape,
// everything else the first.
// Protocol 0.11, 2.3.3, 2.3.4, 2.7.3, 2.7.4, 2.7.9, 2.7.10.
func TestMethodRefusals(t *testing.T) {
	f := start(t)
	f.create(t, "offline", "leaves", "garbles")
	leaving := f.connect(t, core.ID{Device: "leaves"})
	leaving.OnMethod(func(core.MethodRequest) { go leaving.Close() })
	garbling := f.connect(t, core.ID{Device: "garbles"})
	garbling.OnMethod(func(m core.MethodRequest) { go func() { _ = garbling.AnswerMethod(m.RequestID, 200, []byte("{")) }() })
	for _, c := range []struct {
		name, path, body string
		status, code     int
		message          string
	}{
		{"offline", "offline", `{"methodName":"m"}`, 404, 404103, "Timed out waiting for device to connect."},
		{"gone meanwhile", "leaves", `{"methodName":"m"}`, 404, 404104, ""},
		{"not JSON", "garbles", `{"methodName":"m"}`, 502, 502000, ""},
		{"unknown device", "x", `{"methodName":"m"}`, 404, 0, "DeviceNotFound"},
		{"unknown module", "offline/modules/x", `{"methodName":"m"}`, 404, 0, "ModuleNotFound"},
		{"no name", "offline", `{"payload":1}`, 400, 0, "ArgumentInvalid"},
		{"time too short", "offline", `{"methodName":"m","responseTimeoutInSeconds":4}`, 400, 0, "ArgumentInvalid"},
		{"time too long", "offline", `{"methodName":"m","responseTimeoutInSeconds":301}`, 400, 0, "ArgumentInvalid"},
		{"connect too long", "offline", `{"methodName":"m","connectTimeoutInSeconds":99999999999}`, 400, 0, "ArgumentInvalid"},
		{"connect negative", "offline", `{"methodName":"m","connectTimeoutInSeconds":-1}`, 400, 0, "ArgumentInvalid"},
		{"too large", "offline", `{"methodName":"m","payload":"` + strings.Repeat("x", 128<<10) + `"}`, 413, 0, "MessageTooLarge"},
		{"no JSON sent", "offline", `{"methodName":"m"`, 400, 0, "DeserializationError"},
	} {
		got := f.do(t, request{method: http.MethodPost, path: "/twins/" + c.path + "/methods", body: c.body})
		if got.status != c.status {
			t.Errorf("%s: %d %s", c.name, got.status, got.body)
			continue
		}
		if c.code == 0 {
			if !strings.Contains(got.body, `{"Message":"ErrorCode:`+c.message+";") {
				t.Errorf("%s: %s", c.name, got.body)
			}
			continue
		}
		if d := got.detail(t); d.ErrorCode != c.code || !strings.Contains(d.Message, c.message) {
			t.Errorf("%s: %+v", c.name, d)
		}
	}
	if d := f.do(t, request{method: http.MethodPost, path: "/twins/offline/methods", body: `{"methodName":"m"}`}).detail(t); d.Info["timeout"] != "00:00:00" {
		t.Errorf("info %v", d.Info)
	}
}

func TestClientInvokesMethods(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	f.module(t, "d", "m")
	c := f.client(t, "service")
	_, err := c.InvokeMethod(t.Context(), "d", hub.MethodCall{Name: "reboot"})
	var refusal *hub.Error
	if !errors.As(err, &refusal) || refusal.Code != core.CodeDeviceNotOnline || refusal.Name != "DeviceNotOnline" {
		t.Errorf("offline: %v", err)
	}
	if sentence, next := hub.Explain(err); sentence != `could not invoke "reboot" on "d": the device is not connected` || next == "" {
		t.Errorf("%q, %q", sentence, next)
	}
	for _, module := range []string{"", "m"} {
		echo(t, f.connect(t, core.ID{Device: "d", Module: module}))
		payload := json.RawMessage(`{"delay": 5}`)
		result, err := c.InvokeModuleMethod(t.Context(), "d", module, hub.MethodCall{Name: "reboot", Payload: payload, ResponseTimeout: 5 * time.Second})
		if err != nil || result.Status != 217 || result.Took <= 0 || string(result.Payload) != `{"delay":5}` {
			t.Errorf("%s: %+v, %v", module, result, err)
		}
	}
	if _, err := c.InvokeMethod(t.Context(), "d", hub.MethodCall{Name: "m", Payload: json.RawMessage(`{`)}); !errors.Is(err, hub.ErrMethodPayload) {
		t.Errorf("no JSON: %v", err)
	}
	if _, err := c.InvokeMethod(t.Context(), "d", hub.MethodCall{Name: "m", ResponseTimeout: time.Second}); !errors.Is(err, hub.ErrBadRequest) {
		t.Errorf("time too short: %v", err)
	}
}

// Protocol 2.7: the connect time-out waits for a device that comes meanwhile, and
// a device that is connected but takes no methods is not online for them.
// Protocol 2.7.5, 2.7.6.
func TestMethodWaitsForDevice(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	s := f.connect(t, core.ID{Device: "d"})
	got := f.do(t, request{method: http.MethodPost, path: "/twins/d/methods", body: `{"methodName":"m"}`})
	if got.status != http.StatusNotFound || got.detail(t).ErrorCode != core.CodeDeviceNotOnline {
		t.Errorf("connected only: %d %s", got.status, got.body)
	}
	online := make(chan struct{})
	go func() {
		defer close(online)
		echo(t, s)
	}()
	got = f.do(t, request{method: http.MethodPost, path: "/twins/d/methods", body: `{"methodName":"m","connectTimeoutInSeconds":60,"payload":"now"}`})
	if <-online; got.status != http.StatusOK || got.body != `{"status":217,"payload":"now"}` {
		t.Errorf("%d %s", got.status, got.body)
	}
}
