//go:build unix

package e2e

import (
	"os/exec"
	"testing"

	service "hubscope/hub"
)

// TestModuleKeys: they are made anew and swapped once the word was typed, not when somebody
// else was faster; a ready line of the module sends.
func TestModuleKeys(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"}); err != nil {
		t.Fatal(err)
	}
	before, err := w.client.CreateModule(t.Context(), service.Module{DeviceID: "gate-1", ModuleID: "camera"})
	if err != nil {
		t.Fatal(err)
	}
	read := func() service.Authentication {
		t.Helper()
		m, err := w.client.Module(t.Context(), "gate-1", "camera")
		if err != nil {
			t.Fatal(err)
		}
		return m.Auth
	}
	w.See("gate-1").Press("enter", "[").See("▸ camera").Press("enter").See("gate-1 / camera", "Generation")

	w.Press("e").See("Both keys anew").Press("b").AnswerWord("regenerate", "Make both keys anew?", "enter: regenerate").See("camera: both keys made anew")
	made := read()
	if made.Primary.Reveal() == before.Auth.Primary.Reveal() || made.Secondary.Reveal() == before.Auth.Secondary.Reveal() {
		t.Error("the keys are the old ones")
	}

	// 412: somebody else changes it while the question is open.
	w.Press("e").See("Swap the keys").Press("w").See("Swap the primary")
	m, err := w.client.Module(t.Context(), "gate-1", "camera")
	if err != nil {
		t.Fatal(err)
	}
	m.Auth.Primary = before.Auth.Primary
	if _, err := w.client.UpdateModule(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	w.AnswerWord("swap", "Swap the primary", "enter: swap")
	w.See("camera: keys not swapped: somebody else has changed it", "the primary key is another one", "changes it all the same")
	w.Press("e").See("Swap the keys").Press("w").AnswerWord("swap", "Swap the primary", "enter: swap").See("camera: keys swapped").NotSee("somebody else")
	if now := read(); now.Primary.Reveal() != made.Secondary.Reveal() || now.Secondary.Reveal() != before.Auth.Primary.Reveal() {
		t.Error("the keys are not swapped")
	}

	w.Press("y").See("mosquitto_pub").Press("M").See("30 days").Press("d")
	w.Wait("a line in the clipboard", func(string) bool { return len(w.Clipboard()) > 0 })
	if _, err := exec.LookPath("mosquitto_pub"); err == nil {
		if out, err := exec.CommandContext(t.Context(), "sh", "-c", clip(t, w.Terminal)).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		w.See("hello")
	}
	w.Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
