//go:build unix

package e2e

import (
	"testing"
	"time"

	service "hubscope/hub"
)

// failing are faults of the identity of a device, by the failure that they bring.
func failing(failure, device string) []service.Fault {
	f := service.Fault{Operation: "registry", Device: device}
	switch failure {
	case "429":
		f.Kind, f.RetryAfter = service.FaultThrottle, time.Minute
	case "403":
		f.Kind = service.FaultQuota
	case "401":
		f.Kind = service.FaultExpire
	case "time-out":
		f.Kind, f.Delay = service.FaultLatency, time.Minute
	case "dropped":
		cut := f
		f.Kind, cut.Kind = service.FaultQuota, service.FaultCut
		return []service.Fault{cut, f} // what was asked for is not done either
	}
	return []service.Fault{f}
}

// failureSays is what a person reads of each.
var failureSays = map[string]string{
	"429": "the hub is throttled", "403": "the message quota", "401": "the hub refused the policy", "dropped": "the connection was cut",
}

// TestIdentityGoesWrong: each failure is said where the change was asked for, what was typed stays, and what was read
// before stays with its age. A change that hangs is told of when its time is over.
func TestIdentityGoesWrong(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	for _, id := range []string{"gate-1", "gate-2"} {
		if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: id}); err != nil {
			t.Fatal(err)
		}
	}

	// In the form that disables.
	w.See("▸ gate-1", "2 of 2").Press("enter").See("Generation").Press("e").See("Disable").Press("d").See("Reason").Type("rust")
	for _, failure := range []string{"429", "403", "401", "dropped"} {
		w.faults(t, failing(failure, "gate-1")...)
		w.Press("enter").See("✗", failureSays[failure], "rust", "enter tries again")
	}
	w.faults(t)
	w.Press("enter").See("gate-1 disabled").NotSee("Disable gate-1")

	// 429, without a form, and a read that is cut off.
	w.faults(t, failing("429", "gate-1")...)
	w.Press("e").See("Enable").Press("e").See("gate-1 not enabled: the hub is throttled", "e tries again; read", "rust")
	w.faults(t, failing("dropped", "gate-1")...)
	w.Press("r").See(`could not read device "gate-1": the connection`, "r tries again; read", "rust")

	// time-out: the form is left, and another device looked at meanwhile.
	w.faults(t)
	w.Press("shift+tab", "j", "enter").See("│ gate-2", "told")
	w.faults(t, failing("time-out", "gate-2")...)
	w.Press("e").See("Change gate-2").Press("d").See("Reason").Type("rust").Press("enter").See("changing the identity", "esc cancel").Press("esc")
	w.NotSee("Disable gate-2").See("… disabling gate-2").Press("shift+tab", "k", "enter").See("│ gate-1", "told")

	// 404: the device stays where one looks at it, until one goes back to the list.
	w.Press("e").See("Change gate-1", "Enable")
	if err := w.client.DeleteDevice(t.Context(), "gate-1", ""); err != nil {
		t.Fatal(err)
	}
	w.Press("e").See("1 of 1", "gate-1 not enabled: there is no such device", "esc goes back to the list; read", "rust").Press("esc").See("│ gate-2")
	w.See("gate-2 not disabled: the host", "e tries again")
	w.faults(t)
	w.Press("enter").Press("r").NotSee("not disabled").See("told").Press("J")
	w.See("Journal", `device "gate-1": the hub is throttled`, `device "gate-1": there is no such device`, `update device "gate-2": the host`).Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
