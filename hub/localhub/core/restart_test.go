package core

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubscope/hub/wire"
)

// Protocol 2.4.15.
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
