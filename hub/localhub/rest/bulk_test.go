package rest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"hubscope/hub"
	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

func (f *fixture) bulk(t testing.TB, items string) wire.BulkResult {
	t.Helper()
	return f.do(t, request{method: http.MethodPost, path: "/devices", body: "[" + items + "]"}).bulkResult(t)
}

// Protocol 2.4: every mode, on an identity that is there and on one that is not.
// Protocol 2.4.9.
func TestBulkModes(t *testing.T) {
	const stale, current = "b2xk", "CURRENT"
	for _, c := range []struct {
		mode, etag       string
		present, missing string // the error, "" for none
	}{
		{"create", "", "DeviceAlreadyExists", ""},
		{"Create", stale, "DeviceAlreadyExists", ""},
		{"createOrUpdate", "", "", ""},
		{"", "", "", ""},
		{"createOrUpdateIfMatchETag", stale, "PreconditionFailed", ""},
		{"createOrUpdateIfMatchETag", current, "", ""},
		{"Update", "", "", "DeviceNotFound"},
		{"updateIfMatchETag", stale, "PreconditionFailed", "DeviceNotFound"},
		{"UpdateIfMatchETag", current, "", "DeviceNotFound"},
		{"UpdateIfMatchETag", "", "PreconditionFailed", "DeviceNotFound"},
		{"Delete", "", "", "DeviceNotFound"},
		{"deleteIfMatchETag", stale, "PreconditionFailed", "DeviceNotFound"},
		{"DeleteIfMatchETag", current, "", "DeviceNotFound"},
		{"DeleteIfMatchETag", "", "PreconditionFailed", "DeviceNotFound"},
		{"updateTwin", "", "", "DeviceNotFound"},
		{"updateTwinIfMatchETag", "twin:" + stale, "PreconditionFailed", "DeviceNotFound"},
		{"updateTwinIfMatchETag", "twin:" + current, "", "DeviceNotFound"},
		{"replace", "", "ArgumentInvalid", "ArgumentInvalid"},
	} {
		t.Run(c.mode+" "+c.etag, func(t *testing.T) {
			f := start(t)
			f.create(t, "there")
			before, err := f.hub.Twin(core.ID{Device: "there"})
			if err != nil {
				t.Fatal(err)
			}
			item := func(id string) string {
				name, etag := "eTag", strings.Replace(c.etag, current, before.DeviceETag, 1)
				if tail, ofTwin := strings.CutPrefix(c.etag, "twin:"); ofTwin {
					name, etag = "twinETag", strings.Replace(tail, current, before.ETag, 1)
				}
				return fmt.Sprintf(`{"id":%q,"importMode":%q,%q:%q,"status":"disabled","tags":{"new":true}}`, id, c.mode, name, etag)
			}
			result := f.bulk(t, item("there")+","+item("missing"))
			for id, want := range map[string]string{"there": c.present, "missing": c.missing} {
				got := ""
				for _, e := range result.Errors {
					if e.DeviceID == id {
						got = string(e.ErrorCode)
					}
				}
				if got != want {
					t.Errorf("%s: %q, want %q", id, got, want)
				}
				f.checkImported(t, id, c.mode, before, want == "")
			}
		})
	}
}

// checkImported compares what is there now with what a mode should have done.
func (f *fixture) checkImported(t *testing.T, id, mode string, before wire.Twin, done bool) {
	t.Helper()
	after, err := f.hub.Twin(core.ID{Device: id})
	mode = strings.ToLower(mode)
	existed := id == "there"
	switch {
	case !done && !existed, done && strings.HasPrefix(mode, "delete"):
		if !errors.Is(err, &core.Error{Code: core.CodeDeviceNotFound}) {
			t.Errorf("%s is there: %v", id, err)
		}
	case err != nil:
		t.Errorf("%s: %v", id, err)
	case !done:
		if after.ETag != before.ETag || after.DeviceETag != before.DeviceETag {
			t.Errorf("%s was changed: %+v", id, after)
		}
	default:
		wantStatus := "disabled"
		if strings.HasPrefix(mode, "updatetwin") {
			wantStatus = "enabled"
		}
		if after.Status != wantStatus || string(after.Tags) != `{"new":true}` {
			t.Errorf("%s: %+v", id, after)
		}
	}
}

// Protocol 2.4: refusals of the whole, and of single items.
// Protocol 2.4.10, 2.4.11, 2.4.12.
func TestBulkRefusals(t *testing.T) {
	f := start(t)
	full := make([]string, 101)
	for i, id := range numbered(101) {
		full[i] = `{"id":"` + id + `","importMode":"create"}`
	}
	for _, c := range []struct{ name, body, code string }{
		{"none", `[]`, "ArgumentInvalid"},
		{"too many", "[" + strings.Join(full, ",") + "]", "TooManyDevices"},
		{"no list", `{}`, "DeserializationError"},
		{"not JSON", `[`, "DeserializationError"},
	} {
		if got := f.do(t, request{method: http.MethodPost, path: "/devices", body: c.body}); got.header.Get("Iothub-Errorcode") != c.code {
			t.Errorf("%s: %d %s", c.name, got.status, got.body)
		}
	}
	if result := f.bulk(t, strings.Join(full[:100], ",")); !result.IsSuccessful {
		t.Errorf("100 items: %+v", result)
	}
	result := f.bulk(t, `{"id":"twice","importMode":"create"},{"id":"a b","importMode":"create"},{"id":"twice","importMode":"create"},
		{"id":"bad","importMode":"create","authentication":{"type":"sas","symmetricKey":{"primaryKey":"x","secondaryKey":"x"}}},
		{"importMode":"create"},{"id":"tagged","importMode":"create","tags":{"a.b":1}}`)
	codes := make([]string, 0, 4)
	for _, e := range result.Errors {
		codes = append(codes, e.DeviceID+" "+string(e.ErrorCode))
	}
	if want := []string{"a b ArgumentInvalid", "twice DeviceDefinedMultipleTimes", "bad ArgumentInvalid", " ArgumentInvalid"}; !slices.Equal(codes, want) {
		t.Errorf("errors %q, want %q", codes, want)
	}
	if len(result.Warnings) != 1 || result.Warnings[0].DeviceID != "tagged" || result.Warnings[0].WarningCode != "DeviceRegisteredWithoutTwin" || result.Warnings[0].WarningStatus == "" {
		t.Errorf("warnings %+v", result.Warnings)
	}
	for _, id := range []string{"twice", "tagged"} {
		if _, err := f.hub.Device(id); err != nil {
			t.Error(err)
		}
	}
	if got := f.do(t, request{method: http.MethodPost, path: "/devices", body: full[0], token: f.token(t, "registryRead")}); got.status != http.StatusUnauthorized {
		t.Errorf("without the right: %d %s", got.status, got.body)
	}
}

// What was exported comes back: keys, tags and both halves of the properties.
func TestBulkBringsBackWhatWasRead(t *testing.T) {
	f := start(t)
	const key = "cHJpbWFyeS1wcmltYXJ5LTE="
	result := f.bulk(t, `{"id":"d","importMode":"create","status":"disabled","statusReason":"spare",
		"authentication":{"type":"sas","symmetricKey":{"primaryKey":"`+key+`","secondaryKey":"`+key+`"}},"capabilities":{"iotEdge":true},
		"tags":{"site":"Ulm"},"properties":{"desired":{"$metadata":{"$lastUpdated":"2026-01-01T00:00:00Z"},"$version":7,"a":1},"reported":{"$version":3,"b":2}}}`)
	if !result.IsSuccessful || len(result.Warnings) > 0 {
		t.Fatalf("%+v", result)
	}
	d, err := f.hub.Device("d")
	if err != nil || d.Status != "disabled" || d.StatusReason != "spare" || d.Authentication.SymmetricKey.PrimaryKey != key || !d.Capabilities.IoTEdge {
		t.Errorf("%+v, %v", d, err)
	}
	twin, err := f.hub.Twin(core.ID{Device: "d"})
	if err != nil || string(twin.Tags) != `{"site":"Ulm"}` || string(members(t, twin.Properties.Desired)["a"]) != "1" || string(members(t, twin.Properties.Reported)["b"]) != "2" {
		t.Errorf("%+v, %v", twin, err)
	}
}

func TestClientChangesInBulk(t *testing.T) {
	f := start(t)
	c := f.client(t, "registryReadWrite")
	changes := make([]hub.Change, 0, hub.MaxBulk)
	for _, id := range numbered(hub.MaxBulk) {
		changes = append(changes, hub.Change{
			Mode: hub.BulkCreate, Device: hub.Device{DeviceID: id},
			Tags: json.RawMessage(`{"site":"north"}`), Desired: json.RawMessage(`{"interval":5}`),
		})
	}
	if result, err := c.Bulk(t.Context(), changes); err != nil || !result.OK() || len(result.Warnings) > 0 {
		t.Fatalf("%+v, %v", result, err)
	}
	twin, err := f.hub.Twin(core.ID{Device: changes[7].Device.DeviceID})
	if err != nil || string(twin.Tags) != `{"site":"north"}` {
		t.Errorf("%+v, %v", twin, err)
	}
	result, err := c.Bulk(t.Context(), []hub.Change{
		{Mode: hub.BulkDelete, Device: hub.Device{DeviceID: "wind-1000"}},
		{Mode: hub.BulkUpdateIfMatchETag, Device: hub.Device{DeviceID: "wind-1001", ETag: "b2xk"}},
		{Mode: hub.BulkUpdateTwin, Device: hub.Device{DeviceID: "wind-1002"}, Tags: json.RawMessage(`{"site":null}`)},
		{Mode: hub.BulkCreate, Device: hub.Device{DeviceID: "wind-1003"}},
	})
	if err != nil || result.OK() || len(result.Errors) != 2 {
		t.Fatalf("%+v, %v", result, err)
	}
	if e := result.Errors[1]; e.Name != "DeviceAlreadyExists" || !strings.Contains(e.Error(), `"wind-1003"`) {
		t.Errorf("%v", e)
	}
	if s := f.hub.RegistryStatistics(); s.TotalDeviceCount != hub.MaxBulk-1 {
		t.Errorf("%+v", s)
	}
	for _, n := range []int{0, hub.MaxBulk + 1} {
		if _, err := c.Bulk(t.Context(), make([]hub.Change, n)); !errors.Is(err, hub.ErrBulkSize) {
			t.Errorf("%d changes: %v", n, err)
		}
	}
	if _, err := f.client(t, "registryRead").Bulk(t.Context(), changes[:1]); !errors.Is(err, hub.ErrUnauthorized) {
		t.Errorf("without the right: %v", err)
	}
}
