//go:build unix

package e2e

import (
	"testing"

	service "hubscope/hub"
)

// TestDeleteOneGoesWrong: each failure is said in the question, which stays and deletes by another yes.
func TestDeleteOneGoesWrong(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	made := map[string]service.Device{}
	for _, id := range []string{"gate-1", "gate-2"} {
		d, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: id})
		if err != nil {
			t.Fatal(err)
		}
		made[id] = d
	}
	w.See("▸ gate-1", "2 of 2").Press("d").See("Delete the device identity gate-1?", "esc cancel")
	for _, failure := range []string{"429", "403", "401", "dropped"} {
		w.faults(t, failing(failure, "gate-1")...)
		w.Until("y", "✗ not deleted: "+failureSays[failure])
		w.See("y try again")
	}
	w.faults(t)

	// 412
	changed := made["gate-1"]
	changed.StatusReason = "needed after all"
	if _, err := w.client.UpdateDevice(t.Context(), changed); err != nil {
		t.Fatal(err)
	}
	w.Until("y", "changed by somebody else meanwhile")
	w.See("y deletes it as it is now")
	w.Until("y", "gate-1 deleted")
	w.See("1 of 1").NotSee("Delete the device")

	// 404
	w.See("▸ gate-2").Press("d").See("Delete the device identity gate-2?")
	if err := w.client.DeleteDevice(t.Context(), "gate-2", ""); err != nil {
		t.Fatal(err)
	}
	w.Until("y", "gate-2 had been deleted already")
	w.See("No devices yet").Press("J").See("Journal", "gate-2 had been deleted already", "somebody else", "the hub is throttled").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
