//go:build unix

package e2e

import (
	"fmt"
	"testing"

	service "hubscope/hub"
)

// TestModulesGoWrong: a module that somebody else deletes while it is looked at, and a
// device that has as many modules as it may.
func TestModulesGoWrong(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"}); err != nil {
		t.Fatal(err)
	}
	create := func(id string) {
		t.Helper()
		if _, err := w.client.CreateModule(t.Context(), service.Module{DeviceID: "gate-1", ModuleID: id}); err != nil {
			t.Fatal(err)
		}
	}
	create("camera")
	w.See("gate-1").Press("enter", "[").See("▸ camera").Press("enter").See("gate-1 / camera", "Primary key")

	// 404: what was read stays, with its age.
	if err := w.client.DeleteModule(t.Context(), "gate-1", "camera", ""); err != nil {
		t.Fatal(err)
	}
	w.Press("r").See("could not read module", "it was deleted meanwhile", "esc goes back to the list; read", "Primary key").Press("esc").NotSee("gate-1 / camera")

	// 413: the quota of 50; what was typed stays.
	w.Press("r").See("No modules.").Press("n").See("New module of gate-1", "module-1").Press("ctrl+u").Type("valve").See("valve")
	for i := range 50 {
		create(fmt.Sprintf("part-%02d", i))
	}
	w.Press("enter").See("as many modules as it may have", "enter tries again", "valve").Press("esc").NotSee("New module").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
