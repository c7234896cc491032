//go:build unix

package e2e

import (
	"testing"

	service "hubscope/hub"
)

// TestDevicesOfOthersAreLeftAlone: a device that somebody else uses, or used a moment ago, is asked about before it is
// simulated, and left out when many are.
func TestDevicesOfOthersAreLeftAlone(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	gone := w.hears(t, "pump-1")
	w.hears(t, "pump-2")
	if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "pump-3"}); err != nil {
		t.Fatal(err)
	}
	gone()
	w.See("3 of 3", "▸ pump-1").Press("r").See("○ offline").Press("s").See("Device was active", "pump-1 was active")
	w.Answer("esc", "Device was active")
	w.Press("down").See("▸ pump-2").Press("s").See("Device is connected", "pump-2 is connected")
	w.Answer("esc", "Device is connected")
	w.Press("up", "space", "space", "space").See("3 marked").Press("s").See("leave them out").Press("enter")
	w.See("2 devices not started", "somebody is connected with this identity, or was a moment ago")
	w.See("● sending").Press("ctrl+c")
	w.Ended()
}
