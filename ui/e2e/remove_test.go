//go:build unix

package e2e

import (
	"fmt"
	"testing"

	service "hubscope/hub"
)

// TestDeleteMarked: twelve are deleted once their number was typed, but for one that was changed meanwhile; one that
// somebody else has deleted is said.
func TestDeleteMarked(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	var made []service.Device
	for i := range 12 {
		d, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: fmt.Sprintf("gate-%02d", i+1)})
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, d)
	}
	w.See("gate-01", "gate-12", "12 of 12")
	for range 12 {
		w.Press("space")
	}
	w.See("12 marked", "delete 12").Press("d").See("Delete 12 devices?", "gate-01, gate-02")
	if err := w.client.DeleteDevice(t.Context(), "gate-03", ""); err != nil {
		t.Fatal(err)
	}
	made[4].StatusReason = "needed after all"
	if _, err := w.client.UpdateDevice(t.Context(), made[4]); err != nil {
		t.Fatal(err)
	}
	w.AnswerWord("12", "Delete 12 devices?", "enter: delete")
	w.See("12 of 12: 10 devices deleted, 1 had been deleted", "gate-05: it was changed meanwhile", "esc close").Press("esc").NotSee("esc close")
	w.NotSee("gate-01").See("1 of 1", "gate-05 marked").Press("J").See("gate-05 not deleted: it was changed meanwhile").Press("esc").NotSee("Journal")

	w.Press("d").Answer("y", "Delete 1 device?").See("1 device deleted", "No devices yet")
}
