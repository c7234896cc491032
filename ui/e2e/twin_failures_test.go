//go:build unix

package e2e

import (
	"testing"
	"time"

	service "hubscope/hub"
)

// TestTwinGoesWrong: a twin that cannot be read again stays, with why and how old it is; a change that was not made is said
// in the question, and the draft is sent when the hub is well again. One that hangs is told of when its time is over.
func TestTwinGoesWrong(t *testing.T) {
	t.Parallel()
	w := gate(t, tagsAndDesired(`{"floor":2}`, `{}`))
	w.See("floor")
	for _, failure := range []string{"429", "403", "401", "dropped"} {
		w.faults(t, failingAt("twin-read", failure)...)
		w.Press("r").See("✗ could not read twin", failureSays[failure], " old r reload", "floor")
		w.faults(t)
		w.Press("r").NotSee("could not read twin").See("floor")
	}

	w.Press("e").See(`"floor": 2`).Press("down", "down", "end", "backspace").Type("7").See("✓ 1 changed").Press("ctrl+s").See("y send", "(was 2)")
	for _, failure := range []string{"429", "403", "401"} {
		w.faults(t, failingAt("twin-update", failure)...)
		w.Until("y", failureSays[failure])
		w.See("✗ could not update twin", "y try again")
	}
	w.faults(t, service.Fault{Kind: service.FaultLatency, Operation: "twin-update", Delay: time.Minute})
	w.Until("y", "… sending")
	w.See("did not answer in time", "y try again")
	w.faults(t)
	w.Answer("y", "Change the twin of gate-1").See("twin of gate-1 changed: 1 changed")
	w.has(t, `{"floor":7}`, `{}`)
	w.Press("ctrl+c")
	w.Ended()
}
