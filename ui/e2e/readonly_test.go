//go:build unix

package e2e

import (
	"strings"
	"testing"

	service "hubscope/hub"
)

// TestReadOnly: every action that would change something says why it is not done, and nothing changes.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)), "--read-only")
	w.See("read-only", "No devices yet", "None can be created here").Press("n").See("nothing is created or deleted: hubscope was started with --read-only")
	if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"}); err != nil {
		t.Fatal(err)
	}
	w.Press("r").See("▸ gate-1").NotSee("n new", "d delete", "s start")
	w.Press("s").See("no simulated device is started: hubscope was started with --read-only")
	w.Press("d").See("nothing is created or deleted").NotSee("Delete the device")
	w.Press("enter", "[").See("No modules.", "hubscope was started with --read-only").Press("n").See("no module created: hubscope")
	w.Press("2").See("None can be started").Press("n").See("no devices started: hubscope")
	w.Press("!").See("None can be made here").Press("n").See("the faults stay as they are").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if _, err := w.client.Device(t.Context(), "gate-1"); err != nil {
		t.Errorf("the device is gone: %v", err)
	}
}

// TestPolicyThatMayNotWrite: what a policy cannot do is known by its name, and said.
func TestPolicyThatMayNotWrite(t *testing.T) {
	t.Parallel()
	running := hub(t, newUser(t))
	owner := serviceOf(t, running)
	if _, err := owner.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"}); err != nil {
		t.Fatal(err)
	}
	_, key, _ := strings.Cut(running.env["EVENTHUB_CONNECTION_STRING"], "SharedAccessKey=")
	key, _, _ = strings.Cut(key, ";")
	running.env["IOTHUB_CONNECTION_STRING"] = "HostName=localhost;SharedAccessKeyName=service;SharedAccessKey=" + key
	w := watch(t, running)
	w.See("gate-1").Press("d").See("nothing is created or deleted: the policy service cannot create, change or delete identities")
	w.Press("s").See("the policy service cannot read the keys that simulated devices connect with").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
