package core

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A stored session outlives the hub, and ends with its identity (protocol 4.1, 4.3).
// Protocol 4.1.9.
func TestStoredSession(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	h := openHubAt(t, path, Options{})
	id := ID{Device: "d"}
	stored := func() ([]Subscription, bool) {
		t.Helper()
		got, found, err := h.StoredSession(id)
		if err != nil {
			t.Fatal(err)
		}
		return got, found
	}
	if err := h.StoreSession(t.Context(), id, nil); !isNotFound(err) {
		t.Errorf("of a device that is not there: %v", err)
	}
	createDevice(t, h, "d")
	createDevice(t, h, "d2")
	if _, found := stored(); found {
		t.Error("a new device has a stored session")
	}
	if err := h.ForgetSession(t.Context(), id); err != nil {
		t.Errorf("forget what is not there: %v", err)
	}
	want := []Subscription{{"devices/d/messages/devicebound/#", 1}, {"$iothub/methods/POST/#", 0}}
	for _, of := range []ID{id, {Device: "d2"}} {
		if err := h.StoreSession(t.Context(), of, want); err != nil {
			t.Fatal(err)
		}
	}

	closeHub(t, h)
	h = openHubAt(t, path, Options{})
	if got, found := stored(); !found || !cmp.Equal(got, want) {
		t.Errorf("after a restart: %v, %v", got, found)
	}
	if err := h.DeleteDevice(t.Context(), "d", "*"); err != nil {
		t.Fatal(err)
	}
	createDevice(t, h, "d")
	if _, found := stored(); found {
		t.Error("a new device has the stored session of its predecessor")
	}
	if err := h.ForgetSession(t.Context(), ID{Device: "d2"}); err != nil {
		t.Fatal(err)
	}
	id.Device = "d2"
	if _, found := stored(); found {
		t.Error("a forgotten session is there")
	}
}
