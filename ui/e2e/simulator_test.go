//go:build unix

package e2e

import (
	"encoding/json"
	"testing"

	service "hubscope/hub"
)

// TestDevicesAliveInBothDirections: many are started by a pattern, what a service sends one of them is answered and seen,
// one is made another kind of device, faults come and go, and all stop together.
func TestDevicesAliveInBothDirections(t *testing.T) {
	t.Parallel()
	running := hub(t, newUser(t))
	w := watch(t, running)
	w.See("No devices yet", "4/4 live").Press("2").See("No simulated devices yet").Press("n").See("Start many devices")
	w.Press("ctrl+u").Type("m-{1..5}").See("5 devices: m-1 to m-5").Press("tab", "tab", "ctrl+u").See("all at once").Press("enter")
	w.See("5 devices to start: 5 created", "5 running", "m-5", "windSpeed")

	w.See("▸ m-1", "desired v1")
	answer, err := w.client.InvokeMethod(t.Context(), "m-1", service.MethodCall{Name: "reboot", Payload: json.RawMessage(`{"delay":5}`)})
	if err != nil || answer.Status != 404 {
		t.Errorf("reboot gave %+v, %v; want 404", answer, err)
	}
	w.See(`← method reboot {"delay":5}`, "answered 404 in", "1 method called")
	if _, err := w.client.PatchTwin(t.Context(), "m-1", service.TwinUpdate{Desired: json.RawMessage(`{"interval":3,"fan":"on"}`)}); err != nil {
		t.Fatal(err)
	}
	w.See("← desired", `"fan":"on"`, "desired v2", "3 s")
	w.Wait("the twin to have what the device reports", func(string) bool {
		twin, err := w.client.Twin(t.Context(), "m-1")
		var reported struct{ Fan string }
		return err == nil && json.Unmarshal(twin.Reported, &reported) == nil && reported.Fan == "on"
	})

	sendC2D(t, running, "m-1", "greeting")
	w.See("← message greeting", "completed", "1 message received")

	w.Press("e").See("Behaviour of m-1").Press("right", "right").See("pump").Press("tab", "tab", "right").See("200 and an echo").Press("enter")
	w.See("m-1 is a pump now", "pressure")
	answer, err = w.client.InvokeMethod(t.Context(), "m-1", service.MethodCall{Name: "hello", Payload: json.RawMessage(`"x"`)})
	if err != nil || answer.Status != 200 || string(answer.Payload) != `"x"` {
		t.Errorf("hello gave %+v %s, %v; want an echo", answer, answer.Payload, err)
	}

	w.Press("F").See("Faults of m-1").Press("x").See("⚡ disconnect", "retrying")
	w.Press("F").See("Faults of m-1").Press("c").See("no faults any more", "sending").NotSee("⚡")
	w.Press("S").See("5 simulated devices stopped", "0 running").Press("d").See("m-1 taken off the list", "▸ m-2")
	w.Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
