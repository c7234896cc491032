//go:build unix

package e2e

import (
	"testing"

	service "hubscope/hub"
)

// TestMethods: a method is called on a device that is not there, its simulated device is started and answers, the call
// is kept, and then made on two devices at once.
func TestMethods(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	for _, id := range []string{"pump-1", "pump-2"} {
		if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: id}); err != nil {
			t.Fatal(err)
		}
	}
	w.See("▸ pump-1", "pump-2").Press(":").Type("methods").Press("enter").See("No method called yet.", "The device is offline")
	w.Press("e").Type("start").Press("tab").Type(`{"speed": 3`).See("a closing } is missing").Type("}").See("✓ JSON").Press("ctrl+s")
	w.See("✗ offline", "s starts its simulated device", `{"speed": 3}`)

	w.Press("s").See("● connected", "windSpeed")
	w.Wait("the device to listen to methods", func(string) bool {
		answer, err := w.client.InvokeMethod(t.Context(), "pump-1", service.MethodCall{Name: "hello"})
		return err == nil && answer.Status == 404
	})
	w.Press("r").See("⚠ 404 in", "the device has no method start")
	w.Press("*").See("No favourites yet").Press("n").See("Keep as a favourite").Type(" slowly").Press("enter").See("start slowly is a favourite now")
	w.Press("*").See("▸ start slowly").Press("enter").See("▸Payload").Press("esc").NotSee("▸Payload")

	w.Press("esc").See("n new").Press("space", "space").See("2 marked").Press("M").See("on 2 devices", "▸Method     start").Press("ctrl+s")
	w.See("start on 2 devices: 1 answered with another status, 1 failed", "✗ offline", "⚠ 404")
	w.Press("o").See("failed first").Press("x", "l").See("Export as lines of JSON").Press("enter").See("2 results exported to methods-")
	w.Press("J").See("start on 2 devices", "start on pump-1: the device is not connected").Press("esc")
	w.See("failed first").Press("esc").See("2 marked").NotSee("failed first")
	w.Press("q").Answer("y", "still runs. Quit?")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
