package core

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hubscope/hub/wire"
)

// Protocol 2.2.5, 2.2.9, 2.4.5.
func TestUpdateDevice(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 0, 0, 123456789, time.UTC)
	h := openHub(t, Options{Now: func() time.Time { return now }})
	before := createDevice(t, h, "d")

	change := wire.Device{DeviceID: "d", Status: "Disabled", StatusReason: "why", ETag: "ignored", GenerationID: "ignored"}
	after, err := h.UpdateDevice(t.Context(), change, `"`+before.ETag+`"`)
	if err != nil {
		t.Fatal(err)
	}
	want := before
	want.Status, want.StatusReason, want.ETag = wire.Disabled, "why", after.ETag
	want.StatusUpdatedTime = wire.Time{Time: now.Truncate(100)}
	if diff := cmp.Diff(want, after); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if after.ETag == before.ETag {
		t.Error("the etag did not change")
	}
	for ifMatch, ok := range map[string]bool{"*": true, `"*"`: true, "": true, before.ETag: false, `"bm8="`: false} {
		_, err := h.UpdateDevice(t.Context(), change, ifMatch)
		if ok != (err == nil) {
			t.Errorf("If-Match %s: %v", ifMatch, err)
		}
		if !ok {
			wantCode(t, err, CodePrecondition)
		}
	}
	current, _ := h.Device("d")
	if _, err := h.UpdateDevice(t.Context(), change, `W/"`+current.ETag+`"`); err != nil {
		t.Errorf("weak etag: %v", err)
	}
	_, err = h.UpdateDevice(t.Context(), wire.Device{DeviceID: "unknown"}, "*")
	wantCode(t, err, CodeDeviceNotFound)
}

// Empty keys in an update mean new ones; no authentication means the old ones.
// Protocol 2.4.4.
func TestUpdateDeviceKeys(t *testing.T) {
	h := openHub(t, Options{})
	before := createDevice(t, h, "d")
	same, err := h.UpdateDevice(t.Context(), wire.Device{DeviceID: "d"}, "*")
	if err != nil || *same.Authentication.SymmetricKey != *before.Authentication.SymmetricKey {
		t.Errorf("keys changed without a word, %v", err)
	}
	renewed, err := h.UpdateDevice(t.Context(), wire.Device{DeviceID: "d", Authentication: &wire.Authentication{Type: "sas", SymmetricKey: &wire.SymmetricKey{}}}, "*")
	if err != nil || *renewed.Authentication.SymmetricKey == *before.Authentication.SymmetricKey {
		t.Errorf("keys were not made anew, %v", err)
	}
}

func TestDeleteDevice(t *testing.T) {
	h := openHub(t, Options{})
	first := createDevice(t, h, "d")
	wantCode(t, h.DeleteDevice(t.Context(), "d", `"other"`), CodePrecondition)
	if err := h.DeleteDevice(t.Context(), "d", first.ETag); err != nil {
		t.Fatal(err)
	}
	wantCode(t, h.DeleteDevice(t.Context(), "d", "*"), CodeDeviceNotFound)
	wantCode(t, h.DeleteDevice(t.Context(), "", "*"), CodeDeviceNotFound)
	_, err := h.Twin(ID{Device: "d"})
	wantCode(t, err, CodeDeviceNotFound)
	second := createDevice(t, h, "d")
	if second.GenerationID == first.GenerationID || second.ETag == first.ETag {
		t.Error("a device that is made again is a new one")
	}
}

// Protocol 2.5.1.
func TestNewTwin(t *testing.T) {
	h := openHub(t, Options{})
	d := createDevice(t, h, "d")
	twin, err := h.Twin(ID{Device: "d"})
	if err != nil {
		t.Fatal(err)
	}
	const properties = `{"$metadata":{"$lastUpdated":"0001-01-01T00:00:00Z"},"$version":1}`
	if twin.ETag != "AAAAAAAAAAE=" || twin.Version != 2 || twin.DeviceETag != d.ETag || string(twin.Tags) != "{}" ||
		string(twin.Properties.Desired) != properties || string(twin.Properties.Reported) != properties {
		t.Errorf("twin = %+v, properties %+v", twin, twin.Properties)
	}
	_, err = h.Twin(ID{Device: "d", Module: "m"})
	wantCode(t, err, CodeModuleNotFound)
}
