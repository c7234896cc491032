//go:build unix

package e2e

import (
	"testing"

	service "hubscope/hub"
)

// TestModules: modules are made, refused, opened, shown with their keys, and deleted.
func TestModules(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"}); err != nil {
		t.Fatal(err)
	}
	w.See("gate-1").Press("enter", "[").See("No modules.").Press("n").See("New module of gate-1", "module-1").Press("enter")
	w.See("module module-1 of gate-1 created", "▸ module-1")

	// Somebody else makes one of the same name meanwhile: nothing typed is lost.
	w.Press("n").See("module-2").Press("ctrl+u").Type("camera").See("camera")
	if _, err := w.client.CreateModule(t.Context(), service.Module{DeviceID: "gate-1", ModuleID: "camera"}); err != nil {
		t.Fatal(err)
	}
	w.Press("enter").See("the device has a module with this id already", "camera").Press("esc").NotSee("New module")

	w.Press("r").See("▸ module-1", "camera").Press("k", "enter").See("gate-1 / camera", "Primary key").NotSee("SharedAccessKey=")
	w.Press("K").See("SharedAccessKey=").Press("esc").See("▸ camera").NotSee("SharedAccessKey=")

	// Somebody else changes it meanwhile: it is not what was seen.
	seen, err := w.client.Module(t.Context(), "gate-1", "camera")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.client.UpdateModule(t.Context(), seen); err != nil {
		t.Fatal(err)
	}
	w.Press("d").Answer("y", "Delete the module camera of gate-1?")
	w.See("module camera not deleted: it was changed meanwhile", "d deletes it as it is now", "▸ camera")
	w.Press("d").Answer("y", "Delete the module camera of gate-1?")
	w.See("module camera of gate-1 deleted", "▸ module-1").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
