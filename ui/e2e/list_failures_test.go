//go:build unix

package e2e

import (
	"testing"

	service "hubscope/hub"
)

// failingAt are the faults of failing, of another operation.
func failingAt(operation, failure string) []service.Fault {
	all := failing(failure, "")
	for i := range all {
		all[i].Operation = operation
	}
	return all
}

// TestTheListGoesWrong: rows that cannot be read again stay, with why and how old they are; the text of a query that failed
// stays, and is asked again with one key.
func TestTheListGoesWrong(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	w.makesMany(t, 3)
	w.See("3 of 3", "▸ gate-001").Press("down").See("▸ gate-002")

	for _, failure := range []string{"429", "403", "401", "dropped"} {
		w.faults(t, failingAt("query", failure)...)
		w.Press("r").See("✗ could not list devices", failureSays[failure], " old", "r reload", "▸ gate-002", "✗ error")
		w.faults(t)
		w.Press("r").See("3 of 3").NotSee("could not list devices", "✗ error")
	}
	w.faults(t, failingAt("query", "dropped")...)
	w.Press("r").See("could not list devices", "the connection was cut").Press("J").See("Journal  ", "list devices: unexpected EOF").Press("esc").NotSee("Journal")
	w.faults(t)
	w.See("the hub answers again").NotSee("could not list devices")

	// A query.
	w.Press("Q", "ctrl+u").Type("STARTSWITH(deviceId, 'gate-003')").See("Q STARTSWITH(deviceId, 'gate-003')")
	for _, failure := range []string{"429", "403", "401", "dropped"} {
		w.faults(t, failingAt("query", failure)...)
		w.Press("enter").See("✗ "+failureSays[failure], "Q STARTSWITH(deviceId, 'gate-003')")
	}
	w.faults(t)
	w.Press("enter").See("1 of 3", "gate-003").Press("ctrl+c")
	w.Ended()
}
