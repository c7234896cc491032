//go:build unix

package e2e

import (
	"testing"

	service "hubscope/hub"
)

// TestModulesInTrouble: modules that cannot be read again stay, with why; the form of a new one keeps what was typed.
func TestModulesInTrouble(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.client.CreateModule(t.Context(), service.Module{DeviceID: "gate-1", ModuleID: "camera"}); err != nil {
		t.Fatal(err)
	}
	w.See("▸ gate-1").Press("enter", "[").See("▸ camera")
	for _, failure := range []string{"429", "403", "401", "dropped"} {
		w.faults(t, failingAt("registry", failure)...)
		w.Press("r").See("✗", failureSays[failure], "▸ camera")
		w.faults(t)
		w.Press("r").See("▸ camera").NotSee(failureSays[failure])
	}

	w.Press("n").See("New module of gate-1", "module-1").Press("ctrl+u").Type("valve").See("valve")
	for _, failure := range []string{"429", "403", "401", "dropped"} {
		w.faults(t, failingAt("registry", failure)...)
		w.Press("enter").See(failureSays[failure], "valve", "enter tries again")
	}
	w.faults(t)
	w.Press("enter").NotSee("New module of gate-1").See("▸ valve").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
