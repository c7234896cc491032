//go:build unix

package e2e

import (
	"strings"
	"testing"

	service "hubscope/hub"
)

// TestMessagesToADevice: a message is sent, taken by a simulated device, and its feedback seen.
func TestMessagesToADevice(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"}); err != nil {
		t.Fatal(err)
	}
	w.See("▸ gate-1").Press("s").See("gate-1 started", "● connected").Press("enter", "[", "[").See("No messages sent yet.", "0 of 50 wait")
	w.Press("e").See("Body").Type(`{"open":true}`).Press("ctrl+s").See("✓ delivered", "completed by the device")
	w.Press("r").Wait("the message to be there twice", func(text string) bool { return strings.Count(text, "✓ delivered") == 2 })
	w.Press("2").See("2 messages received").Press("S").See("1 simulated device stopped").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestMessagesWaitForADevice: they queue while it is offline, no more than fifty, and are purged; a device that is gone
// is said to be.
func TestMessagesWaitForADevice(t *testing.T) {
	t.Parallel()
	running := hub(t, newUser(t))
	w := watch(t, running)
	if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"}); err != nil {
		t.Fatal(err)
	}
	w.See("▸ gate-1").Press("enter", "[", "[").See("No messages sent yet.").Press("e").See("Body").Type("close").Press("ctrl+s").See("1 of 50 wait")
	for range 49 {
		sendC2D(t, running, "gate-1", "more")
	}
	w.See("50 of 50 wait").Press("r").See("queue full", "D purges the queue")
	w.Press("D").AnswerWord("50", "Purge 50 messages that wait for gate-1?", "enter purge")
	w.See("0 of 50 wait")
	if err := w.client.DeleteDevice(t.Context(), "gate-1", ""); err != nil {
		t.Fatal(err)
	}
	w.Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
