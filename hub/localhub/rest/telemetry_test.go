package rest_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
	"hubscope/hub/secret"
)

// deviceToken is signed with an identity's own key.
func (f *fixture) deviceToken(t testing.TB, id core.ID) string {
	t.Helper()
	var key string
	if id.Module == "" {
		d, err := f.hub.Device(id.Device)
		if err != nil {
			t.Fatal(err)
		}
		key = d.Authentication.SymmetricKey.PrimaryKey
	} else {
		m, err := f.hub.Module(id)
		if err != nil {
			t.Fatal(err)
		}
		key = m.Authentication.SymmetricKey.SecondaryKey
	}
	return sign(t, "localhost/"+id.Path(), secret.New(key), "", time.Now().Add(time.Hour))
}

// events reads what was stored of all partitions, n events at least.
func (f *fixture) events(t testing.TB, n int) []*amqp.Message {
	t.Helper()
	var all []*amqp.Message
	for p := range f.hub.Partitions() {
		info, err := f.hub.Partition(p)
		if err != nil {
			t.Fatal(err)
		}
		if info.Empty {
			continue
		}
		r, err := f.hub.OpenReader(p, core.Position{Kind: core.Earliest})
		if err != nil {
			t.Fatal(err)
		}
		for last := int64(-1); last < info.Last; {
			records, err := r.Next(t.Context(), 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, record := range records {
				m := new(amqp.Message)
				if err := m.UnmarshalBinary(record.Payload); err != nil {
					t.Fatal(err)
				}
				all, last = append(all, m), record.Sequence
			}
		}
		r.Close()
	}
	if len(all) != n {
		t.Fatalf("%d events are stored, want %d", len(all), n)
	}
	return all
}

// Protocol 5.2: one message, with its properties in headers.
// Protocol 5.2.1.
func TestTelemetryOverHTTPS(t *testing.T) {
	f := start(t)
	f.create(t, "d1")
	got := f.do(t, request{
		method: http.MethodPost, path: "/devices/d1/messages/events", token: f.deviceToken(t, core.ID{Device: "d1"}),
		body: "\x00\xffraw",
		header: http.Header{
			"iothub-to": {"/devices/d1/messages/events"}, "IoTHub-MessageId": {"m-1"}, "IoTHub-CorrelationId": {"c-1"},
			"IoTHub-UserId": {"u-1"}, "iothub-contenttype": {"application/json"}, "iothub-contentencoding": {"utf-8"},
			"iothub-app-temperatureAlert": {"true"}, "IOTHUB-APP-second": {"b c"}, "dt-subject": {"thermostat1"},
			"iothub-interface-id": {"urn:x"}, "iothub-expiry": {"2030-01-02T03:04:05Z"},
		},
	})
	if got.status != http.StatusNoContent {
		t.Fatalf("%d %s", got.status, got.body)
	}
	m := f.events(t, 1)[0]
	if string(m.GetData()) != "\x00\xffraw" {
		t.Errorf("body %q", m.GetData())
	}
	p := m.Properties
	if p.MessageID != "m-1" || p.CorrelationID != "c-1" || string(p.UserID) != "u-1" || *p.ContentType != "application/json" || *p.ContentEncoding != "utf-8" || *p.To != "/devices/d1/messages/events" || !p.AbsoluteExpiryTime.Equal(time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)) {
		t.Errorf("properties %+v", p)
	}
	if len(m.ApplicationProperties) != 2 || m.ApplicationProperties["temperatureAlert"] != "true" || m.ApplicationProperties["second"] != "b c" {
		t.Errorf("application properties %v", m.ApplicationProperties)
	}
	for name, want := range map[string]any{
		"iothub-connection-device-id": "d1", "dt-subject": "thermostat1", "iothub-interface-id": "urn:x", "iothub-message-source": "Telemetry",
		"iothub-connection-auth-method": `{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}`,
	} {
		if have := m.Annotations[name]; have != want {
			t.Errorf("%s is %v, want %v", name, have, want)
		}
	}
	if d, err := f.hub.Device("d1"); err != nil || d.LastActivityTime.IsZero() || d.ConnectionState != "Disconnected" {
		t.Errorf("%+v, %v", d, err)
	}
}

// Protocol 5.2: a batch, in its order; bodies are base64 unless said otherwise.
// Protocol 5.2.2.
func TestTelemetryBatch(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	b64 := base64.StdEncoding.EncodeToString
	got := f.do(t, request{
		method: http.MethodPost, path: "/devices/d/messages/events", token: f.deviceToken(t, core.ID{Device: "d"}),
		header: http.Header{"Content-Type": {"application/vnd.microsoft.iothub.json; charset=utf-8"}},
		body: `[{"body": "` + b64([]byte{0, 1, 255}) + `", "properties":{"iothub-app-Key":"v1","iothub-messageid":"m1"}},
			{"body":"` + b64([]byte("two")) + `","base64Encoded":true},
			{"body":"pläin","base64Encoded":false,"properties":{"iothub-app-n":5,"dt-subject":"c"}}]`,
	})
	if got.status != http.StatusNoContent {
		t.Fatalf("%d %s", got.status, got.body)
	}
	events := f.events(t, 3)
	for i, want := range []string{"\x00\x01\xff", "two", "pläin"} {
		if have := string(events[i].GetData()); have != want {
			t.Errorf("%d: %q, want %q", i, have, want)
		}
	}
	if events[0].ApplicationProperties["Key"] != "v1" || events[0].Properties.MessageID != "m1" || events[2].ApplicationProperties["n"] != "5" || events[2].Annotations["dt-subject"] != "c" {
		t.Errorf("%v, %v, %v", events[0].ApplicationProperties, events[0].Properties, events[2])
	}
}

func TestTelemetryRefusals(t *testing.T) {
	f := start(t)
	f.create(t, "d", "other", "off")
	own := f.deviceToken(t, core.ID{Device: "d"})
	off := f.deviceToken(t, core.ID{Device: "off"})
	f.disable(t, "off")
	const batch = "application/vnd.microsoft.iothub.json"
	for _, c := range []struct{ name, path, token, contentType, body, code string }{
		{"too large", "/devices/d/messages/events", own, "", strings.Repeat("x", core.MaxMessageSize+1), "MessageTooLarge"},
		{"batch too large", "/devices/d/messages/events", own, batch, `[{"body":"` + strings.Repeat("AAAA", 50_000) + `"},{"body":"` + strings.Repeat("AAAA", 50_000) + `"}]`, "MessageTooLarge"},
		{"no batch", "/devices/d/messages/events", own, batch, `{"body":""}`, "DeserializationError"},
		{"empty batch", "/devices/d/messages/events", own, batch, `[]`, "ArgumentInvalid"},
		{"not base64", "/devices/d/messages/events", own, batch, `[{"body":"AAAA"},{"body":"@"}]`, "ArgumentInvalid"},
		{"of another", "/devices/other/messages/events", own, "", "x", "IotHubUnauthorizedAccess"},
		{"no token", "/devices/d/messages/events", "-", "", "x", "IotHubUnauthorized"},
		{"service policy", "/devices/d/messages/events", f.token(t, "service"), "", "x", "IotHubUnauthorizedAccess"},
		{"unknown", "/devices/x/messages/events", f.token(t, "device"), "", "x", "DeviceNotFound"},
		{"disabled, own key", "/devices/off/messages/events", off, "", "x", "DeviceDisabled"},
		{"disabled, policy", "/devices/off/messages/events", f.token(t, "device"), "", "x", "DeviceDisabled"},
	} {
		got := f.do(t, request{method: http.MethodPost, path: c.path, token: c.token, body: c.body, header: http.Header{"Content-Type": {c.contentType}}})
		if got.header.Get("Iothub-Errorcode") != c.code {
			t.Errorf("%s: %d %.200s", c.name, got.status, got.body)
		}
	}
	f.events(t, 0)
	if got := f.do(t, request{method: http.MethodPost, path: "/devices/d/messages/events", token: f.token(t, "device"), body: strings.Repeat("x", core.MaxMessageSize)}); got.status != http.StatusNoContent {
		t.Errorf("the greatest message: %d %s", got.status, got.body)
	}
	f.events(t, 1)
}

func (f *fixture) disable(t testing.TB, id string) {
	t.Helper()
	d, err := f.hub.Device(id)
	if err != nil {
		t.Fatal(err)
	}
	d.Status = "disabled"
	if _, err := f.hub.UpdateDevice(t.Context(), d, "*"); err != nil {
		t.Fatal(err)
	}
}

// A request of an HTTPS device leaves a connection over another protocol alone.
func TestTelemetryLeavesSessionAlone(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	s := f.connect(t, core.ID{Device: "d"})
	got := f.do(t, request{method: http.MethodPost, path: "/devices/d/messages/events", token: f.deviceToken(t, core.ID{Device: "d"}), body: "x"})
	if got.status != http.StatusNoContent {
		t.Fatal(got)
	}
	sent := make(chan error, 1)
	s.Send(core.Message{Body: []byte("y")}, func(err error) { sent <- err })
	if err := <-sent; err != nil {
		t.Errorf("the session ended: %v", err)
	}
	f.events(t, 2)
}

// A module speaks for itself with its own key, and its device's key does not.
func TestModuleTelemetry(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	f.module(t, "d", "m")
	const path = "/devices/d/modules/m/messages/events"
	for token, status := range map[string]int{
		f.deviceToken(t, core.ID{Device: "d", Module: "m"}): http.StatusNoContent,
		f.deviceToken(t, core.ID{Device: "d"}):              http.StatusUnauthorized,
		f.token(t, "device"):                                http.StatusNoContent,
	} {
		if got := f.do(t, request{method: http.MethodPost, path: path, token: token, body: "x"}); got.status != status {
			t.Errorf("%d, want %d: %s", got.status, status, got.body)
		}
	}
	for _, e := range f.events(t, 2) {
		if e.Annotations["iothub-connection-module-id"] != "m" {
			t.Errorf("%v", e.Annotations)
		}
	}
}
