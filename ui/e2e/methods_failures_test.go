//go:build unix

package e2e

import (
	"context"
	"encoding/json"
	"testing"

	"hubscope/device"
	service "hubscope/hub"
	"hubscope/hub/connstr"
)

// hears connects a device that answers the method status at once, and any other when it is too late. It goes with leave,
// or at the end.
func (w watched) hears(t *testing.T, id string) (leave func()) {
	t.Helper()
	d, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: id})
	if err != nil {
		t.Fatal(err)
	}
	target, _ := serviceToken(t, w.hub)
	c, err := device.New(connstr.Device{HostName: "localhost", DeviceID: id, Key: d.Auth.Primary}, device.Options{
		MQTTAddr: "localhost:" + w.hub.env["HUBSCOPE_MQTT_PORT"], TLS: target.TLS,
		OnMethod: func(ctx context.Context, r device.MethodRequest) device.MethodResponse {
			if r.Name != "status" {
				<-ctx.Done()
			}
			return device.MethodResponse{Status: 200, Payload: json.RawMessage(`{"healthy":true}`)}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	leave = func() { _ = c.Close(context.Background()) }
	t.Cleanup(leave)
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	return leave
}

// TestMethodsGoWrong: each failure is said beside the form, the call stays, and r makes it again.
func TestMethodsGoWrong(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	w.hears(t, "pump-1")
	w.See("▸ pump-1", "● connected").Press(":").Type("methods").Press("enter").See("No method called yet.")
	w.Press("e").Type("status").Press("tab").Type(`{"all": true}`).Press("ctrl+s").See("✓ 200 in", `"healthy": true`)

	for _, failure := range []string{"403", "401", "dropped"} {
		w.faults(t, failingAt("method", failure)...)
		w.Press("r").See("✗", failureSays[failure], `{"all": true}`)
	}

	// 429: it is waited for as the hub asks, and can be given up.
	w.faults(t, failingAt("method", "429")...)
	w.Press("r").See("the hub is throttled, next try in", "esc cancels").Press("esc").See("✗ cancelled")
	w.faults(t)
	w.Press("r").See("✓ 200 in").NotSee("next try")

	// 504101: the device has the call and does not answer in time.
	w.Press("e").See("▸Payload").Press("shift+tab").See("▸Method").Press("ctrl+u").Type("slow").Press("tab", "tab", "ctrl+u").Type("5").See("Answer in  5").Press("ctrl+s")
	w.See("waiting for slow").See("the device did not answer in 5 s", "e gives it more time")
	w.Press("r").See("waiting for slow").Press("esc").See("nobody waits for the answer any more")

	// 404: somebody else has deleted the device.
	if err := w.client.DeleteDevice(t.Context(), "pump-1", ""); err != nil {
		t.Fatal(err)
	}
	w.Press("r").See("the hub has no such device any more")
	w.Press("J").See("Journal", "slow on pump-1").Press("esc").NotSee("Journal").Press("ctrl+c")
	w.Ended()
}

// TestAMethodIsCutShort: the device goes while the hub waits for its answer, and then the hub itself does not answer.
func TestAMethodIsCutShort(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	w.hears(t, "pump-1")
	w.See("▸ pump-1", "● connected").Press(":").Type("methods").Press("enter").See("No method called yet.")
	w.Press("e").Type("slow").Press("tab", "tab", "ctrl+u").Type("5").See("Answer in  5").Press("ctrl+s").See("waiting for slow")

	// 404104
	w.faults(t, service.Fault{Kind: service.FaultDrop, Device: "pump-1"})
	w.See("✗", "the device went away")

	// The hub does not answer in the time that it was given, and some more.
	w.faults(t, failingAt("method", "time-out")...)
	w.Press("r").See("waiting for slow").See("the hub did not answer").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
