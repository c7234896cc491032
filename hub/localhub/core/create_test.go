package core

import (
	"encoding/base64"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubscope/hub/wire"
)

// Protocol 1.5.1, 1.5.4, 2.2.1, 2.4.8.
func TestCreateDevice(t *testing.T) {
	h := openHub(t, Options{})
	d := createDevice(t, h, "wind-1")
	for name, key := range map[string]string{"primary": d.Authentication.SymmetricKey.PrimaryKey, "secondary": d.Authentication.SymmetricKey.SecondaryKey} {
		if raw, err := base64.StdEncoding.DecodeString(key); err != nil || len(raw) != 32 {
			t.Errorf("%s key has %d bytes, %v", name, len(raw), err)
		}
	}
	if n, err := base64.StdEncoding.DecodeString(d.ETag); err != nil || strings.Trim(string(n), "0123456789") != "" {
		t.Errorf("etag %q is not base64 of a decimal number", d.ETag)
	}
	if _, err := strconv.ParseInt(d.GenerationID, 10, 64); err != nil || len(d.GenerationID) != 18 {
		t.Errorf("generation id = %q", d.GenerationID)
	}
	if d.Status != wire.Enabled || d.ConnectionState != wire.Disconnected || d.Authentication.Type != wire.AuthSAS || !d.StatusUpdatedTime.IsZero() {
		t.Errorf("device = %+v", d)
	}
	got, err := h.Device("wind-1")
	if diff := cmp.Diff(d, got); err != nil || diff != "" {
		t.Errorf("read back: %v (-created +read)\n%s", err, diff)
	}
	_, err = h.CreateDevice(t.Context(), wire.Device{DeviceID: "wind-1"})
	wantCode(t, err, CodeDeviceExists)
	_, err = h.Device("Wind-1") // ids have case
	wantCode(t, err, CodeDeviceNotFound)
}

// Protocol 1.5.1, 1.5.3, 1.5.4, 1.5.5, 1.5.6.
func TestCreateDeviceRefuses(t *testing.T) {
	h := openHub(t, Options{})
	key := newKey()
	auth := func(a wire.Authentication) wire.Device { return wire.Device{DeviceID: "d", Authentication: &a} }
	for name, d := range map[string]wire.Device{
		"no id":                  {},
		"id with a slash":        {DeviceID: "a/b"},
		"id too long":            {DeviceID: strings.Repeat("x", 129)},
		"unknown status":         {DeviceID: "d", Status: "asleep"},
		"long reason":            {DeviceID: "d", StatusReason: strings.Repeat("é", 129)},
		"one key":                auth(wire.Authentication{Type: "sas", SymmetricKey: &wire.SymmetricKey{PrimaryKey: key}}),
		"key is not base64":      auth(wire.Authentication{SymmetricKey: &wire.SymmetricKey{PrimaryKey: "not base64!", SecondaryKey: key}}),
		"key too short":          auth(wire.Authentication{SymmetricKey: &wire.SymmetricKey{PrimaryKey: "c2VjcmV0", SecondaryKey: key}}),
		"unknown authentication": auth(wire.Authentication{Type: "password"}),
		"no thumbprint":          auth(wire.Authentication{Type: "selfSigned"}),
		"bad thumbprint":         auth(wire.Authentication{Type: "selfSigned", X509Thumbprint: &wire.X509Thumbprint{PrimaryThumbprint: strings.Repeat("g", 40)}}),
		"short thumbprint":       auth(wire.Authentication{X509Thumbprint: &wire.X509Thumbprint{SecondaryThumbprint: "abc"}}),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.CreateDevice(t.Context(), d)
			wantCode(t, err, CodeArgumentInvalid)
			if err != nil && strings.Contains(err.Error(), key) {
				t.Errorf("a key is in %q", err)
			}
		})
	}
	if n := h.RegistryStatistics().TotalDeviceCount; n != 0 {
		t.Errorf("%d devices were made", n)
	}
}

// Protocol 2.4.6.
func TestCreateDeviceKeepsWhatIsGiven(t *testing.T) {
	h := openHub(t, Options{})
	thumbprint := strings.Repeat("aB", 20)
	for _, want := range []wire.Device{
		{DeviceID: "keys", Authentication: &wire.Authentication{Type: wire.AuthSAS, SymmetricKey: &wire.SymmetricKey{PrimaryKey: newKey(), SecondaryKey: newKey()}}},
		{DeviceID: "x509", Authentication: &wire.Authentication{Type: wire.AuthSelfSigned, X509Thumbprint: &wire.X509Thumbprint{PrimaryThumbprint: thumbprint}}},
		{DeviceID: "ca", Authentication: &wire.Authentication{Type: wire.AuthCA}},
		{DeviceID: "off", Status: wire.Disabled, StatusReason: "broken fan"},
	} {
		if _, err := h.CreateDevice(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		got, _ := h.Device(want.DeviceID)
		if want.StatusReason != got.StatusReason || want.Status != "" && want.Status != got.Status {
			t.Errorf("%s: status %s, %s", want.DeviceID, got.Status, got.StatusReason)
		}
		if want.Authentication == nil {
			continue
		}
		if got.Authentication.Type != want.Authentication.Type {
			t.Errorf("%s: type %s", want.DeviceID, got.Authentication.Type)
		}
		if k := want.Authentication.SymmetricKey; k != nil && *k != *got.Authentication.SymmetricKey {
			t.Errorf("%s: other keys", want.DeviceID)
		}
		if k := want.Authentication.SymmetricKey; k == nil && got.Authentication.SymmetricKey.PrimaryKey != "" {
			t.Errorf("%s: keys were made", want.DeviceID)
		}
		if x := want.Authentication.X509Thumbprint; x != nil && *x != *got.Authentication.X509Thumbprint {
			t.Errorf("%s: other thumbprints", want.DeviceID)
		}
	}
}

// Protocol 2.4.7.
func TestScopes(t *testing.T) {
	h := openHub(t, Options{})
	edge, err := h.CreateDevice(t.Context(), wire.Device{DeviceID: "edge", Capabilities: &wire.Capabilities{IoTEdge: true}})
	if err != nil {
		t.Fatal(err)
	}
	if want := "ms-azure-iot-edge://edge-" + edge.GenerationID; edge.DeviceScope != want {
		t.Errorf("scope = %q, want %q", edge.DeviceScope, want)
	}
	leaf, err := h.CreateDevice(t.Context(), wire.Device{DeviceID: "leaf", DeviceScope: edge.DeviceScope})
	if err != nil || leaf.DeviceScope != edge.DeviceScope || len(leaf.ParentScopes) != 1 || leaf.ParentScopes[0] != edge.DeviceScope {
		t.Errorf("leaf = %+v, %v", leaf, err)
	}
	leaf.DeviceScope, leaf.ParentScopes = "ms-azure-iot-edge://leaf-"+leaf.GenerationID, nil
	_, err = h.UpdateDevice(t.Context(), leaf, "*")
	wantCode(t, err, CodeInvalidDeviceScope)
	_, err = h.CreateDevice(t.Context(), wire.Device{DeviceID: "stray", DeviceScope: "no scope"})
	wantCode(t, err, CodeInvalidDeviceScope)
	edge.DeviceScope = "ms-azure-iot-edge://other-1"
	_, err = h.UpdateDevice(t.Context(), edge, "*")
	wantCode(t, err, CodeInvalidDeviceScope)
}
