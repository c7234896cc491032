//go:build unix

package e2e

import (
	"os/exec"
	"strings"
	"testing"

	service "hubscope/hub"
)

// TestDisableAndEnable: a simulated device that is connected is refused once its identity is disabled, in words, and
// returns by itself when it is enabled.
func TestDisableAndEnable(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"}); err != nil {
		t.Fatal(err)
	}
	w.See("gate-1").Press("s").See("● connected").Press("enter").See("Primary key")
	w.Press("e").See("Change gate-1", "Disable").Press("d").See("Reason").Type("broken hinge").See("116 characters left").Press("enter")
	w.See("gate-1 disabled", "broken hinge", "the device identity is disabled", "○ offline")
	d, err := w.client.Device(t.Context(), "gate-1")
	if err != nil || d.Status != service.Disabled || d.StatusReason != "broken hinge" {
		t.Errorf("the hub has %v %q, %v", d.Status, d.StatusReason, err)
	}
	w.Press("e").See("Enable").Press("e").See("gate-1 enabled, its simulated device is started again", "● connected", "● sending").NotSee("broken hinge")
}

// TestKeysMadeAnew: only after the word was typed; the simulated device goes on with the new key.
func TestKeysMadeAnew(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	before, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"})
	if err != nil {
		t.Fatal(err)
	}
	w.See("gate-1").Press("s").See("● connected").Press("enter").See("Primary key")
	w.Press("e").See("Both keys anew").Press("b").AnswerWord("regenerate", "Make both keys anew?", "enter: regenerate").See("both keys made anew", "its simulated device has the new key")
	after, err := w.client.Device(t.Context(), "gate-1")
	if err != nil || after.Auth.Primary.Reveal() == before.Auth.Primary.Reveal() || after.Auth.Secondary.Reveal() == before.Auth.Secondary.Reveal() {
		t.Errorf("the keys are the old ones, or %v", err)
	}
	w.See("● connected", "● sending")

	w.Press("e").See("Swap the keys").Press("w").AnswerWord("swap", "Swap the primary", "enter: swap").See("keys swapped")
	swapped, err := w.client.Device(t.Context(), "gate-1")
	if err != nil || swapped.Auth.Primary.Reveal() != after.Auth.Secondary.Reveal() || swapped.Auth.Secondary.Reveal() != after.Auth.Primary.Reveal() {
		t.Errorf("the keys are not swapped, or %v", err)
	}
}

// TestSomebodyElseWasFaster: what was typed stays, what they changed is said, and a second try holds.
func TestSomebodyElseWasFaster(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	d, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"})
	if err != nil {
		t.Fatal(err)
	}
	w.See("gate-1").Press("enter").See("Generation").Press("e").See("Disable").Press("d").See("Reason").Type("rust")
	d.StatusReason = "spare part"
	if _, err := w.client.UpdateDevice(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	w.Press("enter").See("somebody else has changed it meanwhile", "spare part", "rust")
	w.Press("enter").See("gate-1 disabled").NotSee("spare part", "Disable gate-1")

	// Where a word is typed there is no form that could stay: it is said above the identity.
	w.Press("e").See("Swap the keys").Press("w").See("Swap the primary")
	if d, err = w.client.Device(t.Context(), "gate-1"); err != nil {
		t.Fatal(err)
	}
	d.StatusReason = "paint"
	if _, err := w.client.UpdateDevice(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	w.AnswerWord("swap", "Swap the primary", "enter: swap").See("gate-1: keys not swapped: somebody else", "e changes it all the same", "paint")
	w.Press("e").See("Swap the keys").Press("w").AnswerWord("swap", "Swap the primary", "enter: swap").See("keys swapped").NotSee("not swapped")
}

// TestMosquittoLine: what is copied is run by a shell as it is, and the hub takes the message.
func TestMosquittoLine(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("mosquitto_pub"); err != nil {
		t.Skip("mosquitto_pub is not installed")
	}
	w := watch(t, hub(t, newUser(t)))
	if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "it's(1)"}); err != nil {
		t.Fatal(err)
	}
	w.See("it's(1)").Press("enter").See("Generation").Press("y").See("mosquitto_pub").Press("M").See("30 days").Press("d")
	w.Wait("a line in the clipboard", func(string) bool { return len(w.Clipboard()) > 0 })
	line := clip(t, w.Terminal)
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", line).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	w.See("hello", "telemetry")
}

// TestThumbprints: they are checked while typed, and kept without what tools put between the digits.
func TestThumbprints(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	first := strings.Repeat("AB12", 10)
	made := service.Device{DeviceID: "gate-1", Auth: service.Authentication{Type: service.AuthSelfSigned, PrimaryThumbprint: first}}
	if _, err := w.client.CreateDevice(t.Context(), made); err != nil {
		t.Fatal(err)
	}
	w.See("gate-1").Press("enter").See("1st thumbprint").Press("e").See("Thumbprints").Press("t").See("Thumbprints of gate-1")
	w.Press("tab").Type("CD:34").See("40 or 64 hexadecimal digits").Type(strings.Repeat(":CD:34", 9)).Press("enter")
	w.See("gate-1: thumbprints changed", strings.Repeat("CD34", 10))
	d, err := w.client.Device(t.Context(), "gate-1")
	if err != nil || d.Auth.PrimaryThumbprint != first || d.Auth.SecondaryThumbprint != strings.Repeat("CD34", 10) {
		t.Errorf("the hub has %+v, %v", d.Auth, err)
	}
}
