package core

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/Azure/go-amqp"
	"github.com/google/go-cmp/cmp"

	"hubscope/hub/wire"
)

// announced reads n events of the hub itself, of one device.
func announced(t *testing.T, h *Hub, device string, n int) []amqp.Message {
	t.Helper()
	var all []amqp.Message
	for _, record := range read(t, h, partitionOf(device, h.Partitions()), Position{Kind: Earliest}, n) {
		var m amqp.Message
		if err := m.UnmarshalBinary(record.Payload); err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}

func summary(m amqp.Message) string {
	return fmt.Sprint(m.Annotations["iothub-message-source"], " ", m.ApplicationProperties["opType"], " ", m.ApplicationProperties["iothub-message-schema"])
}

// protocol 7.8: non-telemetry events.
// Protocol 7.8.6.
func TestLifecycleEvents(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	h := openHub(t, Options{Names: []string{"my-hub.local"}, EventSources: []string{SourceLifecycle}, Now: func() time.Time { return now }})
	createDevice(t, h, "d")
	createModule(t, h, "d", "m")
	patchTwin(t, h, desired(`{"a":1}`)) // no such events are wanted
	connect(t, h, "d", nil)
	if err := h.DeleteDevice(t.Context(), "d", ""); err != nil {
		t.Fatal(err)
	}
	events := announced(t, h, "d", 4)
	for i, want := range []string{
		"deviceLifecycleEvents createDeviceIdentity deviceLifecycleNotification",
		"deviceLifecycleEvents createModuleIdentity moduleLifecycleNotification",
		"deviceLifecycleEvents deleteDeviceIdentity deviceLifecycleNotification",
		"deviceLifecycleEvents deleteModuleIdentity moduleLifecycleNotification",
	} {
		if got := summary(events[i]); got != want {
			t.Errorf("event %d is %s, want %s", i, got, want)
		}
	}
	first, module := events[0], events[1]
	wantProperties := map[string]any{
		"hubName": "my-hub", "deviceId": "d", "operationTimestamp": "2026-11-22T14:00:00.0000000Z",
		"iothub-message-schema": "deviceLifecycleNotification", "opType": "createDeviceIdentity",
	}
	if diff := cmp.Diff(wantProperties, first.ApplicationProperties); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	p := first.Properties
	if string(p.UserID) != "my-hub" || *p.ContentType != "application/json" || *p.ContentEncoding != "utf-8" || len(fmt.Sprint(p.CorrelationID)) != 32 {
		t.Errorf("properties = %+v", p)
	}
	if module.Annotations["iothub-connection-module-id"] != "m" || module.ApplicationProperties["moduleId"] != "m" {
		t.Errorf("module event = %+v", module)
	}
	var twin wire.Twin
	if err := json.Unmarshal(events[2].GetData(), &twin); err != nil || twin.DeviceID != "d" || !strings.Contains(string(twin.Properties.Desired), `"a":1`) {
		t.Errorf("body = %s, %v", events[2].GetData(), err)
	}
}

// Protocol 7.8.6.
func TestTwinChangeEvents(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 0, 2, 0, time.UTC)
	h := openHub(t, Options{EventSources: []string{SourceTwinChange}, Now: func() time.Time { return now }})
	createDevice(t, h, "d")
	patchTwin(t, h, TwinPatch{Tags: json.RawMessage(`{"site":"north"}`), Desired: json.RawMessage(`{"a":1,"b":null}`)})
	if _, err := h.ReportTwin(t.Context(), ID{Device: "d"}, []byte(`{"r":true}`), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := h.ReplaceTwin(t.Context(), ID{Device: "d"}, TwinPatch{Tags: json.RawMessage(`{}`)}, ""); err != nil {
		t.Fatal(err)
	}
	const updated = `"$lastUpdated":"2026-11-22T14:00:02.0000000Z"`
	events := announced(t, h, "d", 3)
	for i, want := range []struct{ summary, body string }{
		{"updateTwin", `{"version":3,"tags":{"site":"north"},"properties":{"desired":{"$metadata":{` + updated + `,"$lastUpdatedVersion":2,"a":{` + updated + `,"$lastUpdatedVersion":2}},"$version":2,"a":1,"b":null}}}`},
		{"updateTwin", `{"version":4,"properties":{"reported":{"$metadata":{` + updated + `,"r":{` + updated + `}},"$version":2,"r":true}}}`},
		{"replaceTwin", `{"version":5,"tags":{}}`},
	} {
		if got := summary(events[i]); got != "twinChangeEvents "+want.summary+" twinChangeNotification" {
			t.Errorf("event %d is %s", i, got)
		}
		if got := string(events[i].GetData()); got != want.body {
			t.Errorf("body %s\nwant %s", got, want.body)
		}
	}
}

// Protocol 7.8.6.
func TestConnectionStateEvents(t *testing.T) {
	h := openHub(t, Options{EventSources: []string{SourceConnectionState}})
	createDevice(t, h, "d")
	createModule(t, h, "d", "m")
	connect(t, h, "d", nil)
	s := connect(t, h, "d", nil) // a take-over is no change
	module, err := h.Connect(t.Context(), SessionInfo{ID: ID{Device: "d", Module: "m"}}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	module.Close()
	connect(t, h, "d", nil)
	last := ""
	for i, event := range announced(t, h, "d", 5) {
		want := []string{
			"deviceConnected device", "moduleConnected module", "deviceDisconnected device",
			"moduleDisconnected module", "deviceConnected device",
		}[i]
		if got := summary(event); got != "deviceConnectionStateEvents "+want+"ConnectionStateNotification" {
			t.Errorf("event %d is %s", i, got)
		}
		var body struct{ SequenceNumber string }
		if err := json.Unmarshal(event.GetData(), &body); err != nil || len(body.SequenceNumber) != 64 || body.SequenceNumber <= last {
			t.Errorf("body %s after %s, %v", event.GetData(), last, err)
		}
		last = body.SequenceNumber
	}
}

// What happens last is still told before the hub is closed.
func TestCloseAnnounces(t *testing.T) {
	path := t.TempDir() + "/hub.db"
	h := openHubAt(t, path, Options{EventSources: []string{SourceConnectionState}})
	createDevice(t, h, "d")
	connect(t, h, "d", nil)
	closeHub(t, h)
	h = openHubAt(t, path, Options{})
	if got := summary(announced(t, h, "d", 2)[1]); !strings.Contains(got, "deviceDisconnected") {
		t.Errorf("last event: %s", got)
	}
}
