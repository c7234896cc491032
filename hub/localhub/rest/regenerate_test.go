package rest_test

import (
	"net/http"
	"testing"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// Protocol 2.1: 200 when all went well, 207 when some did, 400 when none did.
// Protocol 2.1.7.
func TestRegenerateKeys(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	f.module(t, "d", "m")
	if _, err := f.hub.CreateDevice(t.Context(), wire.Device{DeviceID: "ca", Authentication: &wire.Authentication{Type: wire.AuthCA}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		key, devices       string
		status             int
		rotated, refused   int
		primary, secondary bool
	}{
		{"primaryKey", `{"id":"d"},{"id":"d","moduleId":"m"}`, http.StatusOK, 2, 0, true, false},
		{"secondaryKey", `{"id":"x"},{"id":"d"},{"id":"ca"}`, http.StatusMultiStatus, 1, 2, false, true},
		{"both", `{"id":"d"}`, http.StatusOK, 1, 0, true, true},
		{"primaryKey", `{"id":"x"}`, http.StatusBadRequest, 0, 1, true, false},
	} {
		before, err := f.hub.Device("d")
		if err != nil {
			t.Fatal(err)
		}
		got := f.do(t, request{method: http.MethodPost, path: "/devices/keys/regenerate", version: "2024-03-31", body: `{"policyKey":"` + c.key + `","devices":[` + c.devices + `]}`})
		var result wire.RegenerateResult
		got.decode(t, &result)
		if got.status != c.status || len(result.RotatedKeys) != c.rotated || len(result.Errors) != c.refused || result.PolicyKey != c.key {
			t.Errorf("%s %s: %d %+v", c.key, c.devices, got.status, result)
		}
		after, err := f.hub.Device("d")
		if err != nil {
			t.Fatal(err)
		}
		old, now := before.Authentication.SymmetricKey, after.Authentication.SymmetricKey
		if c.rotated > 0 && ((old.PrimaryKey != now.PrimaryKey) != c.primary || (old.SecondaryKey != now.SecondaryKey) != c.secondary) {
			t.Errorf("%s: primary changed %v, secondary %v", c.key, old.PrimaryKey != now.PrimaryKey, old.SecondaryKey != now.SecondaryKey)
		}
		for _, k := range result.RotatedKeys {
			if k.ModuleID == "" && k.ID == "d" && (c.primary && k.PrimaryKey != now.PrimaryKey || c.secondary && k.SecondaryKey != now.SecondaryKey) {
				t.Errorf("%s: the answer has other keys", c.key)
			}
		}
	}
	if m, err := f.hub.Module(core.ID{Device: "d", Module: "m"}); err != nil || m.Authentication.SymmetricKey.PrimaryKey == "" {
		t.Errorf("%+v, %v", m, err)
	}
	for body, code := range map[string]string{
		`{"policyKey":"third","devices":[{"id":"d"}]}`: "InvalidPolicyKey",
		`{"policyKey":"both","devices":[]}`:            "ArgumentInvalid",
	} {
		if got := f.do(t, request{method: http.MethodPost, path: "/devices/keys/regenerate", body: body}); got.header.Get("Iothub-Errorcode") != code {
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	}
}
