//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	service "hubscope/hub"
	"hubscope/ui/uitest"
)

// TestAListOfManyPages: to the end and back, searched, with a column of the user's own, which is there the next time.
func TestAListOfManyPages(t *testing.T) {
	t.Parallel()
	running := hub(t, newUser(t))
	client := serviceOf(t, running)
	for from := 1; from <= 1200; from += 100 {
		var changes []service.Change
		for i := range 100 {
			changes = append(changes, service.Change{Mode: service.BulkCreate, Device: service.Device{DeviceID: fmt.Sprintf("pump-%04d", from+i)}})
		}
		if _, err := client.Bulk(t.Context(), changes); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.PatchTwin(t.Context(), "pump-1177", service.TwinUpdate{Tags: json.RawMessage(`{"site":{"name":"Brno"}}`)}); err != nil {
		t.Fatal(err)
	}
	u := newUser(t)
	opens := func() *uitest.Terminal {
		cmd := u.command()
		cmd.Env = append(cmd.Env, running.variables()...)
		return uitest.Run(t, cmd, 160, 36)
	}
	w := opens()
	w.See("100 of 1,200", "▸ pump-0001").Press("ctrl+a").See("100 marked", "only the 100 devices that have been read are marked").Press("esc").NotSee("marked")
	w.Press("G").See("1,200 of 1,200", "▸ pump-1200").Press("g").See("▸ pump-0001")
	w.Press("/").Type("p77").See("pump-0077").Press("enter", "g").See("▸ pump-0770").Press("ctrl+a").See("30 marked").Press("esc").See("1,200 of 1,200")
	w.See("30 marked").Press("ctrl+a").See("1,200 marked").Press("ctrl+a").NotSee("marked")

	w.Press("C").See("Columns").Type("tags.site.nane").Press("backspace", "backspace").Type("me").Press("enter").See("tags.site.name").NotSee("Of the twin")
	w.Press("o", "o", "o", "o", "o", "o").See("tags.site.name ▲")
	goesTo(w, "▸ pump-1177").See("Brno").Press("q")
	if code := w.Ended(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	again := opens()
	again.See("tags.site.name ▲", "100 of 1,200").Press("G").See("1,200 of 1,200")
	goesTo(again, "▸ pump-1177").See("Brno")
	again.Press("O").See("tags.site.name ▼").Press("q")
	if code := again.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// goesTo presses g until a row is under the cursor. The cursor stays with its device when rows come in before it, as
// they do while the rest of a list is read in its new order.
func goesTo(w *uitest.Terminal, row string) *uitest.Terminal {
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for end := time.Now().Add(uitest.Patience); time.Now().Before(end) && !strings.Contains(w.Text(), row); <-again.C {
		w.Press("g")
	}
	return w.See(row)
}
