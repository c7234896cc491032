//go:build unix

package e2e

import (
	"fmt"
	"testing"

	service "hubscope/hub"
)

// TestDeleteManyModules: marked ones are named and deleted; from ten up their number is typed.
// What somebody else has changed or deleted meanwhile is told.
func TestDeleteManyModules(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"}); err != nil {
		t.Fatal(err)
	}
	made := make([]service.Module, 14)
	for i := range made {
		m, err := w.client.CreateModule(t.Context(), service.Module{DeviceID: "gate-1", ModuleID: fmt.Sprintf("part-%02d", i+1)})
		if err != nil {
			t.Fatal(err)
		}
		made[i] = m
	}
	w.See("gate-1").Press("enter", "[").See("▸ part-01").Press("space", "space").See("d delete 2").Press("d")
	w.See("• part-01", "• part-02").Answer("y", "Delete 2 modules of gate-1?").See("2 modules deleted of gate-1").NotSee("part-01")

	w.Press("ctrl+a").See("d delete 12").Press("d").See("Delete 12 modules of gate-1?")
	// 404: one is gone before the answer; 412: another is not what was seen.
	if err := w.client.DeleteModule(t.Context(), "gate-1", "part-05", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.client.UpdateModule(t.Context(), made[6]); err != nil {
		t.Fatal(err)
	}
	w.See("part-03, part-04").AnswerWord("12", "Delete 12 modules", "enter: delete")
	w.See("Not all deleted", "10 modules deleted, 1 had been deleted already", "part-07: it was changed meanwhile").Press("esc").NotSee("Not all deleted")
	w.See("▸", "part-07", "d delete 1").Press("d").Answer("y", "Delete 1 module of gate-1?").See("1 module deleted of gate-1", "No modules.").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	left, err := w.client.Modules(t.Context(), "gate-1")
	if err != nil || len(left) != 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}
