//go:build unix

package e2e

import (
	"strings"
	"testing"
	"time"

	service "hubscope/hub"
)

// TestAHubThatHangs: calls that are not answered end by themselves, and each is told of where it began. What was typed and
// what was read is there still.
func TestAHubThatHangs(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	w.makesMany(t, 2)
	w.See("2 of 2", "▸ gate-001").Press("enter", "[").See("No modules.").Press("n").See("New module of gate-001", "module-1")
	w.faults(t, service.Fault{Kind: service.FaultLatency, Protocol: "rest", Delay: time.Minute})
	w.Press("enter").See("did not answer in time", "module-1", "enter tries again").Press("esc").NotSee("New module of")
	w.Press("shift+tab", "n").See("New device", "device-1").Press("enter")
	w.See("did not answer in time", "device-1", "it may have been created all the same").Press("esc").NotSee("New device")
	w.See("✗ could not list devices", "▸ gate-001", "gate-002", " old")
	w.faults(t)
	w.Press("r").See("2 of 2").NotSee("could not list devices").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestADeletionHangs: it is said in the question, which can be left.
func TestADeletionHangs(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	w.makesMany(t, 3)
	w.See("3 of 3", "▸ gate-001")
	w.faults(t, failing("time-out", "")...)
	w.Press("d").See("Delete the device identity gate-001?")
	w.Until("y", "✗ not deleted")
	w.See("did not answer in time", "y try again").Answer("esc", "Delete the")
	w.Press("space", "space").See("2 marked")
	w.Press("d").Answer("y", "Delete 2 devices?").See("Deleting devices", "0 of 2").Press("esc").See("stopping after this call", "esc do not wait")
	w.Press("esc").See("Not all deleted", "✗ cancelled", "Some of the last call may be gone", "Left: gate-001, gate-002").Press("esc").NotSee("Not all deleted")
	w.faults(t)
	w.Press("d").Answer("y", "Delete 2 devices?").See("2 devices deleted", "1 of 1").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestADeletionOfManyHangs: the call ends by itself, and what may be left stays marked.
func TestADeletionOfManyHangs(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	w.makesMany(t, 3)
	w.See("3 of 3", "▸ gate-001").Press("ctrl+a").See("3 marked", "delete 3")
	w.faults(t, failing("time-out", "")...)
	w.Press("d").Answer("y", "Delete 3 devices?").See("Deleting devices", "0 of 3")
	w.endsIn(t, time.Minute, "Deleting devices")
	w.See("Not all deleted", "did not answer in time", "Left: gate-001").Press("esc").NotSee("esc close").See("3 marked")
	w.faults(t)
	w.Press("d").Answer("y", "Delete 3 devices?").See("No devices yet").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// endsIn waits longer than others for something to go from the screen.
func (w watched) endsIn(t *testing.T, limit time.Duration, text string) {
	t.Helper()
	again := time.NewTicker(400 * time.Millisecond)
	defer again.Stop()
	for end := time.Now().Add(limit); time.Now().Before(end) && strings.Contains(w.Text(), text); <-again.C {
	}
	w.NotSee(text)
}
