package summary

import (
	"strings"
	"testing"

	"hubscope/hub/events"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/monitortest"
)

func event(source, opType, body string) history.Event {
	return monitortest.Kept(events.Event{Source: source, Body: []byte(body), Properties: map[string]any{"opType": opType}})
}

const (
	twin = "twinChangeEvents"
	life = "deviceLifecycleEvents"
	conn = "deviceConnectionStateEvents"
	pnp  = "digitalTwinChangeEvents"
)

func TestOf(t *testing.T) {
	for _, c := range []struct{ source, opType, body, want string }{
		{twin, "updateTwin", `{"version":5,"properties":{"desired":{"$metadata":{"$lastUpdated":"x"},"$version":4,"interval": 2}}}`, `desired {"interval":2} v4`},
		{twin, "updateTwin", `{"version":3,"tags":{"site":"north"},"properties":{"desired":{"$version":2,"a":1,"b":null}}}`, `desired {"a":1,"b":null} v2; tags {"site":"north"}`},
		{twin, "updateTwin", "{\n \"version\": 9,\n \"tags\": { \"a\": [ 1, 2 ] }\n}", `tags {"a":[1,2]} v9`},
		{twin, "replaceTwin", `{"version":5,"tags":{}}`, `replaced tags {} v5`},
		{twin, "updateTwin", `{"version":5,"properties":{"reported":{"$version":7,"nested":{"$x":1}}}}`, `reported {"nested":{"$x":1}} v7`},
		{twin, "updateTwin", `{"version":5}`, ""},
		{twin, "updateTwin", `not json`, ""},
		{twin, "updateTwin", `[1]`, ""},
		{life, "createDeviceIdentity", `{}`, "device identity created"},
		{life, "deleteDeviceIdentity", `{}`, "device identity deleted"},
		{life, "createModuleIdentity", `{}`, "module identity created"},
		{life, "devicePurgedAtLast", `{}`, "device purged at last"},
		{life, "", `{}`, ""},
		{conn, "deviceConnected", `{}`, "connected"},
		{conn, "deviceDisconnected", `{}`, "disconnected"},
		{conn, "moduleDisconnected", `{}`, "disconnected"},
		{pnp, "", `[{"op":"replace","path":"/targetTemperature","value":42},{"op":"remove","path":"/a"}]`, "/targetTemperature = 42; /a removed"},
		{pnp, "", `{"patch":[{"op":"add","path":"/x","value":{"a": 1}}]}`, `/x = {"a":1}`},
		{events.SourceFeedback, "", `{"originalMessageId":"m1","statusCode":"Success"}`, "message m1 completed"},
		{events.SourceFeedback, "", `{"originalMessageId":"m1","statusCode":"Expired"}`, "message m1 expired"},
		{events.SourceFeedback, "", `{"originalMessageId":"m1","statusCode":"DeliveryCountExceeded"}`, "message m1 given up: delivered too often"},
		{events.SourceUpload, "", `{"blobName":"wind-1/log.txt","blobSizeInBytes":1234}`, "wind-1/log.txt uploaded, 1.2 kB"},
		{"Telemetry", "", `{"a":1}`, ""},
		{"other", "", `{"a":1}`, ""},
		{twin, "", strings.Repeat("[", longest+1), ""},
	} {
		e := event(c.source, c.opType, c.body)
		if got := Of(&e); got != c.want {
			t.Errorf("%s %s %.80s\n is %q\nwant %q", c.source, c.opType, c.body, got, c.want)
		}
	}
}

func FuzzOf(f *testing.F) {
	for _, source := range []string{twin, life, conn, pnp, events.SourceFeedback, events.SourceUpload} {
		f.Add(source, "updateTwin", `{"version":5,"tags":{"a":1},"properties":{"desired":{"$version":4,"i":2}}}`)
		f.Add(source, "createDeviceIdentity", `[{"op":"replace","path":"/a","value":42}]`)
		f.Add(source, "\xff", "{\"blobName\":\"\x1b[2J\"")
	}
	f.Fuzz(func(t *testing.T, source, opType, body string) {
		e := event(source, opType, body)
		before := string(e.Body)
		_ = Of(&e)
		if string(e.Body) != before {
			t.Error("the body was changed")
		}
	})
}
