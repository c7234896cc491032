package clients

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/hub/localhub/interop/station"
	"hubscope/hub/wire"
)

// A back end keeps its devices: one by one with ETags, and a hundred at once (protocol 2.1, 2.2, 2.4).
// Protocol 2.2.3, 2.2.6, 2.4.10, 2.4.11, 2.4.15, 3.3.2.
func TestRegistry(t *testing.T) {
	s := station.Start(t)
	ctx, c := t.Context(), s.Service
	d, err := c.CreateDevice(ctx, hub.Device{DeviceID: "wind-1"})
	must(t, err)
	if _, err := c.CreateDevice(ctx, hub.Device{DeviceID: "wind-1"}); code(err) != "DeviceAlreadyExists" {
		t.Errorf("made twice: %v", err)
	}
	d.StatusReason = "in repair"
	changed, err := c.UpdateDevice(ctx, d)
	must(t, err)
	if changed.StatusReason != "in repair" || changed.ETag == d.ETag || changed.Auth.Primary != d.Auth.Primary {
		t.Errorf("%+v", changed)
	}
	if _, err := c.UpdateDevice(ctx, d); code(err) != "PreconditionFailed" {
		t.Errorf("with the old ETag: %v", err)
	}
	var all []hub.Change
	for n := range 100 {
		all = append(all, hub.Change{Mode: hub.BulkCreate, Device: hub.Device{DeviceID: fmt.Sprintf("fleet-%02d", n)}, Tags: json.RawMessage(fmt.Sprintf(`{"row":%d}`, n%4))})
	}
	if got, err := c.Bulk(ctx, all); err != nil || !got.OK() {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := c.Bulk(ctx, all[:2]); err != nil || len(got.Errors) != 2 || got.Errors[0].Name != "DeviceAlreadyExists" {
		t.Errorf("again: %+v, %v", got, err)
	}
	items, err := json.Marshal(make([]struct{}, 101))
	must(t, err)
	if got := s.REST(http.MethodPost, "/devices", string(items)); got.Code() != "TooManyDevices" {
		t.Errorf("101 items: %d %s", got.Status, got.Body)
	}
	if got, err := c.RegistryStatistics(ctx); err != nil || got.TotalDeviceCount != 101 {
		t.Errorf("%+v, %v", got, err)
	}
	must(t, c.DeleteDevice(ctx, "wind-1", changed.ETag))
	if _, err := c.Device(ctx, "wind-1"); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	queries(s)
}

// queries are over the hundred devices: paged, projected, grouped, and wrong (protocol 2.6, 3.1, 3.3).
func queries(s *station.Station) {
	t, c := s.T, s.Service
	t.Helper()
	pages, found, next := 0, 0, ""
	for {
		page, err := c.Query(s.Context(), "SELECT * FROM devices WHERE tags.row IN [1, 2]", 20, next)
		must(t, err)
		pages, found = pages+1, found+len(page.Items)
		if next = page.Continuation; next == "" {
			break
		}
	}
	if pages != 3 || found != 50 {
		t.Errorf("%d devices on %d pages", found, pages)
	}
	for text, want := range map[string]string{
		"SELECT COUNT() AS n FROM devices":                                    `[{"n":100}]`,
		"SELECT deviceId FROM devices WHERE deviceId = 'fleet-42'":            `[{"deviceId":"fleet-42"}]`,
		"SELECT tags.row AS row, COUNT() AS n FROM devices GROUP BY tags.row": `[{"row":0,"n":25},{"row":1,"n":25},{"row":2,"n":25},{"row":3,"n":25}]`,
	} {
		page, err := c.Query(s.Context(), text, 100, "")
		must(t, err)
		got, err := json.Marshal(page.Items)
		must(t, err)
		same(t, got, want)
	}
	if _, err := c.Query(s.Context(), "SELECT * FROM devices WHERE tags.row = ", 100, ""); !errors.Is(err, hub.ErrBadRequest) {
		t.Errorf("half a query: %v", err)
	}
}

// A job changes twins while their devices listen on MQTT and AMQP, another calls a method of theirs (protocol 2.8).
// Protocol 2.8.1, 2.8.2, 2.8.6.
func TestJobs(t *testing.T) {
	s := station.Start(t)
	wind := s.Device("wind-1")
	s.Device("off-1")
	c := s.Connect(wind, station.TLS)
	c.Subscribe(0, "$iothub/twin/PATCH/properties/desired/#", "$iothub/methods/POST/#")
	put := func(id, rest string) {
		t.Helper()
		var job wire.Job
		s.JSON(s.REST(http.MethodPut, "/jobs/v2/"+id, `{"jobId":"`+id+`","queryCondition":"*","startTime":"1970-01-01T00:00:00Z","maxExecutionTimeInSeconds":60,`+rest+`}`), &job)
	}
	done := func(id string) (job wire.Job) {
		t.Helper()
		s.Until(id+" ended", func() bool {
			s.JSON(s.REST(http.MethodGet, "/jobs/v2/"+id, ""), &job)
			return job.Status == wire.JobCompleted || job.Status == wire.JobFailed
		})
		return job
	}
	put("twins", `"type":"scheduleUpdateTwin","updateTwin":{"etag":"*","properties":{"desired":{"interval":5}}}`)
	same(t, c.Next().Payload(), `{"interval":5,"$version":2}`)
	if got := done("twins"); got.Status != wire.JobCompleted || got.DeviceJobStatistics == nil || got.DeviceJobStatistics.SucceededCount != 2 {
		t.Errorf("%+v", got)
	}
	put("calls", `"type":"scheduleDeviceMethod","cloudToDeviceMethod":{"methodName":"reboot","payload":1,"responseTimeoutInSeconds":30}`)
	call := c.Next()
	_, id, _ := strings.Cut(call.Topic(), "$rid=")
	c.Publish(0, "$iothub/methods/res/207/?$rid="+id, `"yes"`)
	if got := done("calls"); got.DeviceJobStatistics == nil || got.DeviceJobStatistics.SucceededCount != 1 || got.DeviceJobStatistics.FailedCount != 1 {
		t.Errorf("%+v", got)
	}
	var items []struct {
		DeviceID, Status string
		Outcome          struct {
			DeviceMethodResponse struct{ Status int }
		}
	}
	page, err := s.Service.Query(t.Context(), "SELECT * FROM devices.jobs WHERE devices.jobs.jobId = 'calls' AND devices.jobs.deviceId = 'wind-1'", 10, "")
	must(t, err)
	raw, err := json.Marshal(page.Items)
	must(t, err)
	must(t, json.Unmarshal(raw, &items))
	if len(items) != 1 || items[0].DeviceID != "wind-1" || items[0].Outcome.DeviceMethodResponse.Status != 207 {
		t.Errorf("%s", raw)
	}
	if got := s.REST(http.MethodPut, "/jobs/v2/calls", `{"jobId":"calls","type":"scheduleUpdateTwin","updateTwin":{"etag":"*","tags":{"a":1}},"queryCondition":"*","startTime":"1970-01-01T00:00:00Z","maxExecutionTimeInSeconds":60}`); got.Code() != "JobAlreadyExists" {
		t.Errorf("made twice: %d %s", got.Status, got.Body)
	}
}

// A configuration reaches the devices that its condition names, those that come later too, and of two the one of
// higher priority wins (protocol 2.9).
// Protocol 2.2.10, 2.9.1, 2.9.2.
func TestConfigurations(t *testing.T) {
	s := station.Start(t)
	wind := s.Device("wind-1")
	c := s.Connect(wind, station.WebSocket)
	c.Subscribe(0, "$iothub/twin/PATCH/properties/desired/#")
	put := func(id string, priority int, interval string) station.Answer {
		return s.REST(http.MethodPut, "/configurations/"+id, fmt.Sprintf(
			`{"id":%q,"schemaVersion":"1.0","content":{"deviceContent":{"properties.desired.interval":%s}},"targetCondition":"tags.kind='wind'","priority":%d}`, id, interval, priority))
	}
	if got := put("slow", 1, "60"); got.Status != http.StatusOK {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	_, err := s.Service.PatchTwin(t.Context(), "wind-1", hub.TwinUpdate{Tags: json.RawMessage(`{"kind":"wind"}`)})
	must(t, err)
	if got := member(t, c.Next().Payload(), "interval"); got != "60" {
		t.Errorf("interval %s, want 60", got)
	}
	put("fast", 2, "5")
	if got := member(t, c.Next().Payload(), "interval"); got != "5" {
		t.Errorf("interval %s, want 5", got)
	}
	if got := put("fast", 2, "5"); got.Code() != "ConfigurationAlreadyExists" {
		t.Errorf("made twice: %d %s", got.Status, got.Body)
	}
	if got := s.REST(http.MethodDelete, "/configurations/fast", "", "If-Match", "*"); got.Status != http.StatusNoContent {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	if got := member(t, c.Next().Payload(), "interval"); got != "60" {
		t.Errorf("interval %s, want 60 again", got)
	}
}

// A device on HTTPS sends one event and a batch, and settles its messages (protocol 5.2).
// Protocol 5.2.1, 5.2.2, 5.2.3, 5.2.4, 5.2.7.
func TestDeviceOnHTTPS(t *testing.T) {
	s := station.Start(t)
	wind := s.Device("wind-1")
	call := func(method, path, body string, header ...string) station.Answer {
		return s.RESTAs(wind, s.Token(wind), method, "/devices/wind-1/messages"+path, body, header...)
	}
	if got := call(http.MethodPost, "/events", "one", "IoTHub-MessageId", "m1", "iothub-app-level", "high"); got.Status != http.StatusNoContent {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	batch := `[{"body":"dHdv","base64Encoded":true,"properties":{"iothub-app-level":"low"}},{"body":"dGhyZWU="}]`
	if got := call(http.MethodPost, "/events", batch, "Content-Type", "application/vnd.microsoft.iothub.json"); got.Status != http.StatusNoContent {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	for n, want := range []struct{ body, level string }{{"one", "high"}, {"two", "low"}} {
		if e := s.Events(3, 0)[n]; string(e.Body) != want.body || e.Properties["level"] != want.level {
			t.Errorf("event %d: %s %v", n, e.Body, e.Properties)
		}
	}
	send := s.AsService("service", station.TLS).Sender("/messages/devicebound", nil)
	for _, id := range []string{"done", "dead"} {
		s.Send(send, message(wind, id, ""))
	}
	next := func() (body, lock string) {
		got := call(http.MethodGet, "/devicebound", "")
		return got.Body, strings.Trim(got.Header.Get("ETag"), `"`)
	}
	_, lock := next()
	if got := call(http.MethodPost, "/devicebound/"+lock+"/abandon", ""); got.Status != http.StatusNoContent {
		t.Errorf("abandon: %d %s", got.Status, got.Body)
	}
	body, lock := next()
	if got := call(http.MethodDelete, "/devicebound/"+lock, ""); body != "to done" || got.Status != http.StatusNoContent {
		t.Errorf("complete %s: %d %s", body, got.Status, got.Body)
	}
	if got := call(http.MethodDelete, "/devicebound/"+lock, ""); got.Code() != "DeviceMessageLockLost" {
		t.Errorf("twice: %d %s", got.Status, got.Body)
	}
	body, lock = next()
	if got := call(http.MethodDelete, "/devicebound/"+lock+"?reject", ""); body != "to dead" || got.Status != http.StatusNoContent {
		t.Errorf("reject %s: %d %s", body, got.Status, got.Body)
	}
	if got := call(http.MethodGet, "/devicebound", ""); got.Status != http.StatusNoContent {
		t.Errorf("nothing left: %d %s", got.Status, got.Body)
	}
}

// The life of a twin and of a module, as a back end sees it (protocol 2.4, 2.5).
// Protocol 2.5.3, 2.5.7, 2.5.13.
func TestTwinsAndModules(t *testing.T) {
	s := station.Start(t)
	ctx, c := t.Context(), s.Service
	wind := s.Device("wind-1")
	before := twin(s, wind)
	after, err := c.PatchTwin(ctx, "wind-1", hub.TwinUpdate{Tags: json.RawMessage(`{"site":{"row":1,"pole":2}}`), ETag: before.ETag})
	must(t, err)
	if after.Version != before.Version+1 || after.DesiredVersion != before.DesiredVersion {
		t.Errorf("%+v", after)
	}
	if _, err := c.PatchTwin(ctx, "wind-1", hub.TwinUpdate{Tags: json.RawMessage(`{}`), ETag: before.ETag}); !errors.Is(err, hub.ErrPrecondition) {
		t.Errorf("with the old ETag: %v", err)
	}
	after, err = c.PatchTwin(ctx, "wind-1", hub.TwinUpdate{Tags: json.RawMessage(`{"site":{"pole":null}}`)})
	must(t, err)
	same(t, after.Tags, `{"site":{"row":1}}`)
	for name, desired := range map[string]string{
		"a dot in a name": `{"a.b":1}`, "a dollar": `{"$a":1}`, "too large a number": `{"a":4503599627370496}`,
		"eleven levels": strings.Repeat(`{"a":`, 12) + "1" + strings.Repeat("}", 12), "above 32 KB": `{"a":["` + strings.Repeat("x", 4000) + strings.Repeat(`","`+strings.Repeat("x", 4000), 9) + `"]}`,
	} {
		if _, err := c.PatchTwin(ctx, "wind-1", hub.TwinUpdate{Desired: json.RawMessage(desired)}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	m, err := c.CreateModule(ctx, hub.Module{DeviceID: "wind-1", ModuleID: "blade"})
	must(t, err)
	m.ManagedBy = "somebody"
	if m, err = c.UpdateModule(ctx, m); err != nil || m.ManagedBy != "somebody" {
		t.Errorf("%+v, %v", m, err)
	}
	if all, err := c.Modules(ctx, "wind-1"); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
	blade := station.Identity{DeviceID: "wind-1", ModuleID: "blade"}
	desire(s, blade, `{"a":1}`)
	if got := twin(s, blade); got.DesiredVersion != 2 || twin(s, wind).DesiredVersion != 1 {
		t.Errorf("%+v", got)
	}
	must(t, c.DeleteModule(ctx, "wind-1", "blade", ""))
	if _, err := c.ModuleTwin(ctx, "wind-1", "blade"); code(err) != "ModuleNotFound" {
		t.Errorf("deleted: %v", err)
	}
	if _, err := c.InvokeMethod(ctx, "wind-1", hub.MethodCall{Name: "reboot", ResponseTimeout: 5 * time.Second}); code(err) != "DeviceNotOnline" {
		t.Errorf("offline: %v", err)
	}
}
