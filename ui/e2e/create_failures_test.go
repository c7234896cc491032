//go:build unix

package e2e

import (
	"testing"

	service "hubscope/hub"
)

// TestCreateOneGoesWrong: each failure is said in the form, what was typed stays, and enter makes the device once the hub
// is well again, or says that somebody has made it meanwhile.
func TestCreateOneGoesWrong(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	w.See("No devices yet").Press("n").See("New device", "device-1").Press("ctrl+u").Type("gate-1").See("▸ Device id     gate-1")
	for _, failure := range []string{"429", "403", "401", "dropped"} {
		w.faults(t, failing(failure, "gate-1")...)
		w.Press("enter").See("✗", failureSays[failure], "gate-1", "New device")
	}
	w.See("it may have been created all the same")
	w.faults(t)

	// 409: it was not, but somebody makes it meanwhile.
	if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"}); err != nil {
		t.Fatal(err)
	}
	w.Press("enter").See("a device with this id exists already").Press("ctrl+u").Type("gate-2").Press("enter")
	w.See("gate-2 created", "▸ gate-2", "2 of 2").NotSee("New device").Press("J")
	w.See("Journal", `could not create device "gate-1": the hub is throttled`, "exists already", failureSays["401"], failureSays["dropped"]).Press("esc").NotSee("Journal").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
