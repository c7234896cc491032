package core

import (
	"encoding/base64"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hubscope/hub/wire"
)

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
	edge.DeviceScope = "ms-azure-iot-edge://other-1"
	_, err = h.UpdateDevice(t.Context(), edge, "*")
	wantCode(t, err, CodeInvalidDeviceScope)
}

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

func TestStatistics(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	h := openHubAt(t, path, Options{})
	for i := range 5 {
		createDevice(t, h, fmt.Sprint("d", i))
	}
	if _, err := h.CreateDevice(t.Context(), wire.Device{DeviceID: "off", Status: wire.Disabled}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.UpdateDevice(t.Context(), wire.Device{DeviceID: "d0", Status: wire.Disabled}, "*"); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"d1", "off"} {
		if err := h.DeleteDevice(t.Context(), id, "*"); err != nil {
			t.Fatal(err)
		}
	}
	want := wire.RegistryStatistics{TotalDeviceCount: 4, EnabledDeviceCount: 3, DisabledDeviceCount: 1}
	if got := h.RegistryStatistics(); got != want {
		t.Errorf("statistics = %+v, want %+v", got, want)
	}
}

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

func TestPaging(t *testing.T) {
	h := openHub(t, Options{})
	var want []string
	for i := range 25 {
		want = append(want, fmt.Sprintf("d%02d", i))
	}
	var creating sync.WaitGroup
	for _, id := range want {
		creating.Go(func() { createDevice(t, h, id) })
	}
	creating.Wait()
	for _, size := range []int{1, 7, 25, 100} {
		var got []string
		for after, pages := "", 0; ; pages++ {
			twins, next, err := h.Twins(after, size)
			if err != nil || len(twins) > size || pages > 30 {
				t.Fatalf("page %d of %d: %d twins, %v", pages, size, len(twins), err)
			}
			for _, twin := range twins {
				got = append(got, twin.DeviceID)
			}
			if after = next; next == "" {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pages of %d:\n%s", size, diff)
		}
	}
	devices, err := h.Devices("d20", 3)
	if err != nil || len(devices) != 3 || devices[0].DeviceID != "d21" {
		t.Errorf("devices after d20 = %v, %v", devices, err)
	}
}

// Everything about a device is there after a restart, but the connection.
func TestRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	h := openHubAt(t, path, Options{Partitions: 3})
	before := createDevice(t, h, "d")
	owner, _ := h.Policy("iothubowner")
	s := connect(t, h, "d", nil)
	send(t, s, Message{Body: []byte("x")})
	connected, _ := h.Device("d")
	closeHub(t, h)

	h = openHubAt(t, path, Options{})
	if h.Partitions() != 3 {
		t.Errorf("%d partitions, want those of the state", h.Partitions())
	}
	if again, _ := h.Policy("iothubowner"); again != owner {
		t.Error("the keys of the policy changed")
	}
	after, err := h.Device("d")
	if err != nil || after.ETag != before.ETag || *after.Authentication.SymmetricKey != *before.Authentication.SymmetricKey {
		t.Errorf("device = %+v, %v", after, err)
	}
	if after.ConnectionState != wire.Disconnected || after.LastActivityTime.Before(connected.LastActivityTime.Time) {
		t.Errorf("connection state %s, last active %v, was %v", after.ConnectionState, after.LastActivityTime, connected.LastActivityTime)
	}
	if next := createDevice(t, h, "e"); next.ETag == before.ETag || next.GenerationID <= before.GenerationID {
		t.Errorf("etag %s after %s", next.ETag, before.ETag)
	}
}
