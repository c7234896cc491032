//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	service "hubscope/hub"
	"hubscope/ui/uitest"
)

// TestQueries: an answer of many pages, of none, a refusal in its place, rows that are not devices, and favourites
// that are there the next time.
func TestQueries(t *testing.T) {
	t.Parallel()
	running := hub(t, newUser(t))
	client := serviceOf(t, running)
	for from := 1; from <= 300; from += 100 {
		var changes []service.Change
		for i := range 100 {
			changes = append(changes, service.Change{Mode: service.BulkCreate, Device: service.Device{DeviceID: fmt.Sprintf("pump-%03d", from+i)}})
		}
		if _, err := client.Bulk(t.Context(), changes); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"pump-007", "pump-070"} {
		if _, err := client.PatchTwin(t.Context(), id, service.TwinUpdate{Tags: json.RawMessage(`{"site":"north"}`)}); err != nil {
			t.Fatal(err)
		}
	}
	u := newUser(t)
	opens := func() *uitest.Terminal {
		cmd := u.command()
		cmd.Env = append(cmd.Env, running.variables()...)
		return uitest.Run(t, cmd, 140, 36)
	}
	w := opens()
	w.See("100 of 300").Press("Q").See("a condition, or SELECT", "tags.site")
	// The empty bar shows an example with the same words.
	w.Type("tags.si").NotSee("connectionState").See("'north'").Press("tab").See("Q tags.site").Type(" = ").See("'north'").Press("tab").See("Q tags.site = 'north'").Press("enter")
	w.See("query: tags.site = 'north' · 2 of 300", "pump-007", "pump-070").NotSee("pump-001")

	// Marks made in the answer stay.
	w.Press("space").See("pump-007 marked").Press("esc").See("100 of 300", "pump-001", "pump-007 marked").Press("esc").NotSee("marked")

	w.Press("Q", "ctrl+u").Type("STARTSWITH(deviceId, 'pump-1') OR STARTSWITH(deviceId, 'pump-2')").Press("enter")
	w.See("· 100+ of 300").Press("G").See("· 200 of 300", "▸ pump-299")
	w.Press("Q", "ctrl+u").Type("deviceId = 'nobody'").Press("enter").See("· 0 of 300", "No device matches.").Press("esc").See("100 of 300")

	w.Press("Q", "ctrl+u").Type("status = 'enabled' AND FOO(deviceId)").See("no function FOO").Press("enter")
	w.See("column 24: the hub does not take it", "status = 'enabled' AND FOO(deviceId)").Press("ctrl+u")
	w.Type("SELECT tags.site, COUNT() AS n FROM devices GROUP BY tags.site").See("opens as a table").Press("enter").See("2 rows", "298", "north")
	file := filepath.Join(t.TempDir(), "rows.jsonl")
	w.Press("x").See("Export as lines").Press("ctrl+u").Type(file).Press("enter").See("2 rows exported to").Press("esc").NotSee("whole row")
	rows, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(rows), `{"site":"north","n":2}`) || strings.Count(string(rows), "\n") != 2 {
		t.Errorf("exported %q, %v", rows, err)
	}

	w.Press("Q", "ctrl+u").Type("tags.site = 'north'").Press("ctrl+s").See("Keep the query", "query 1").Press("ctrl+u").Type("the north").Press("enter")
	w.See("the north is kept").NotSee("Keep the query").Press("esc").NotSee("Q tags.site").See("100 of 300").Press("q")
	if code := w.Ended(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	again := opens()
	again.See("100 of 300").Press("Q").See("tags.site").Press("up").See("Q SELECT tags.site, COUNT()").Press("ctrl+o").See("▸ the north").Press("enter")
	again.See("query: tags.site = 'north' · 2 of 300").Press("Q", "ctrl+o").See("the north").Press("d").Answer("y", "Remove the north")
	again.See("None yet").Press("esc").NotSee("None yet").See("ctrl+o").Press("esc").NotSee("ctrl+o").Press("q")
	if code := again.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
