//go:build unix

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	service "hubscope/hub"
	"hubscope/ui/uitest"
)

// gate is a device with a twin on the screen, the keys in its section.
func gate(t *testing.T, u service.TwinUpdate, flags ...string) watched {
	t.Helper()
	w := watch(t, hub(t, newUser(t)), flags...)
	if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"}); err != nil {
		t.Fatal(err)
	}
	w.patch(t, u)
	w.See("gate-1").Press("enter", "]").See("Desired", "ETag")
	return w
}

// patch is what somebody else does to the twin.
func (w watched) patch(t *testing.T, u service.TwinUpdate) {
	t.Helper()
	if _, err := w.client.PatchTwin(t.Context(), "gate-1", u); err != nil {
		t.Fatal(err)
	}
}

// has waits until the hub holds tags and desired properties, without what it adds to them.
func (w watched) has(t *testing.T, tags, desired string) {
	t.Helper()
	w.Wait("the twin to be "+tags+" "+desired, func(string) bool {
		twin, err := w.client.Twin(t.Context(), "gate-1")
		return err == nil && plainOf(twin.Tags) == tags && plainOf(twin.Desired) == desired
	})
}

func plainOf(section json.RawMessage) string {
	var members map[string]any
	if json.Unmarshal(section, &members) != nil {
		return string(section)
	}
	delete(members, "$metadata")
	delete(members, "$version")
	out, _ := json.Marshal(members)
	return string(out)
}

func tagsAndDesired(tags, desired string) service.TwinUpdate {
	return service.TwinUpdate{Tags: json.RawMessage(tags), Desired: json.RawMessage(desired)}
}

// TestTwinEdit: the writable part is edited with a mistake on the way; only what differs is shown and sent, what the
// simulated device reports appears by itself, and a key that is deleted is sent as null.
func TestTwinEdit(t *testing.T) {
	t.Parallel()
	w := gate(t, tagsAndDesired(`{"floor":2}`, `{"fan":{"on":true,"speed":3}}`))
	w.See("never reported", "floor", "2").Press("s").See("● connected")
	w.Press("e").See("Tags and desired", `"floor": 2`, "nothing is changed").NotSee("$metadata", "$version")
	w.Press("down", "down", "end").Type("x").See("✗ line 3, column").Press("ctrl+g", "ctrl+s").NotSee("Change the twin")
	w.Press("delete").Type("3").See("✓ 1 changed", "● not sent")
	// Behind "speed": 3.
	w.Press("down", "down", "down", "down", "down", "down", "end").Type(`, "mode": "au$to", "a.b": 1`).See("a name must not hold a dot").Press("ctrl+s").NotSee("Change the twin")
	w.Press("end") // the key has gone to the mistake
	for range len(`, "a.b": 1`) {
		w.Press("backspace")
	}
	w.See("✓ 1 changed, 1 added").Press("ctrl+s").See("Change the twin of gate-1", `~   "floor": 23`, "(was 2)", `+     "mode": "au$to"`, "only if the twin is still version 3")
	w.NotSee(`"on": true`).Answer("y", "Change the twin of gate-1")
	w.has(t, `{"floor":23}`, `{"fan":{"mode":"au$to","on":true,"speed":3}}`)
	w.See("twin of gate-1 changed: 1 changed, 1 added", "✓ in step", "desiredVersion").NotSee("not sent", "never reported")

	w.Press("g", "j").See("properties.desired.fan.mode").Press("d").See("Delete from the twin of gate-1", `-     "mode": null`, `(was "au$to")`)
	w.Answer("y", "Delete from the twin of gate-1").See("twin of gate-1 changed: 1 deleted")
	w.has(t, `{"floor":23}`, `{"fan":{"on":true,"speed":3}}`)
	w.Press(">").See("properties.reported").Press("d").See("reported properties are the device's own")
	w.Press("y").See("Copy of the twin of gate-1", "condition of a query").Press("t").Wait("the twin in the clipboard", func(string) bool { return len(w.Clipboard()) > 0 })
	if copied := clip(t, w.Terminal); !strings.Contains(copied, `"$lastUpdatedVersion"`) || !json.Valid([]byte(copied)) {
		t.Errorf("copied %s", copied)
	}
	w.Press("ctrl+c")
	w.Ended()
}

// TestTwinRebased: somebody else changes the twin while it is edited. What does not meet is rebased and asked about again;
// what both changed is decided; what is typed is there until it was sent.
func TestTwinRebased(t *testing.T) {
	t.Parallel()
	w := gate(t, tagsAndDesired(`{"floor":2}`, `{"interval":60,"zone":"north"}`))
	w.Press("e").See(`"interval": 60`).Press("down", "down", "end", "backspace").Type("3").See("✓ 1 changed")
	w.patch(t, tagsAndDesired(`{"owner":"ops"}`, `{"zone":"south"}`))
	w.See("changed meanwhile").Press("ctrl+s").Answer("y", "still version 3")
	w.See("meanwhile: this is your change on version 4", `~   "floor": 3`).NotSee("zone\": \"")
	w.Answer("y", "Change the twin of gate-1")
	w.has(t, `{"floor":3,"owner":"ops"}`, `{"interval":60,"zone":"south"}`)

	w.See("twin of gate-1 changed").Press("e").See(`"interval": 60`).Press("pgdown", "up", "up", "up", "up", "end", "backspace", "backspace", "backspace").Type("5,")
	w.See("✓ 1 changed").Press("down", "end", "backspace").Type(`!"`).See("✓ 2 changed")
	w.patch(t, tagsAndDesired(`{}`, `{"zone":"west","interval":7}`))
	w.Press("ctrl+s").See(`~   "zone": "south!"`, `~   "interval": 5`)
	w.Answer("y", "Change the twin of gate-1").See("was changed meanwhile", "properties.desired.interval", "● mine", `"south!"`, `"west"`)
	w.Answer("esc", "Which value is it to be").See(`"zone": "south!"`, "● not sent").Press("ctrl+s").Answer("y", "Change the twin of gate-1").See("○ theirs").Calm()
	w.Press("right").See("● theirs  7").Answer("enter", "Which value is it to be").See("Change the twin of gate-1", "This is your change on version 6.", `~   "zone": "south!"`, `(was "west")`).NotSee(`~   "interval"`)
	w.Answer("y", "Change the twin of gate-1")
	w.has(t, `{"floor":3,"owner":"ops"}`, `{"interval":7,"zone":"south!"}`)
	w.Press("ctrl+c")
	w.Ended()
}

// TestTwinRefused: what the hub refuses is said where the change was asked for, and the draft is there still, also after
// one has left it; an answer that was lost does no harm; a device that is gone is told.
func TestTwinRefused(t *testing.T) {
	t.Parallel()
	w := gate(t, tagsAndDesired(`{"floor":2}`, `{}`))
	w.fault(t, service.Fault{Kind: service.FaultThrottle, Operation: "twin-update", RetryAfter: 5 * time.Minute})
	w.Press("e").See(`"floor": 2`).Press("down", "down", "end", "backspace").Type("7").See("✓ 1 changed").Press("ctrl+s").See("still version 3")
	w.Until("y", "the hub is throttled")
	w.Press("esc").NotSee("Change the twin").See("● not sent", `"floor": 7`, "✗ could not update twin").Press("esc").See("keep the draft").Press("s").See("● draft").Press("J").See("429 too many requests", "the draft is kept").Press("J").See("● draft")
	w.Press("q").See("Quit all the same?", "The edit of the twin of gate-1 is not sent.").Answer("n", "Quit all the same?")
	if err := w.client.ClearFaults(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.fault(t, service.Fault{Kind: service.FaultCut, Operation: "twin-update", Count: 1})
	w.Press("e").See(`"floor": 7`).Press("ctrl+s").Answer("y", "y send").See("y try again").Answer("y", "Change the twin of gate-1")
	w.See("is as it was to be already").NotSee("not sent")
	w.has(t, `{"floor":7}`, `{}`)

	w.Press("e").See(`"floor": 7`).Press("down", "down", "end", "backspace").Type("8").See("✓ 1 changed")
	if err := w.client.DeleteDevice(t.Context(), "gate-1", ""); err != nil {
		t.Fatal(err)
	}
	w.Press("ctrl+s").Answer("y", "y send").See("there is no such device", "y try again").Press("ctrl+c")
	w.Ended()
}

// TestTwinOfAModule: the same section, for a module.
func TestTwinOfAModule(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.client.CreateModule(t.Context(), service.Module{DeviceID: "gate-1", ModuleID: "camera"}); err != nil {
		t.Fatal(err)
	}
	w.See("gate-1").Press("enter", "[").See("camera").Press("enter").See("gate-1 / camera").Press("]").See("nothing is desired")
	w.Press("e").See(`"desired": {}`).Press("pgdown", "up", "up", "end", "left").Type(`"fps": 5`).See("✓ 1 added").Press("ctrl+s")
	w.Answer("y", "Change the twin of gate-1 / camera").See("twin of gate-1 / camera changed: 1 added", "fps", "never reported")
	twin, err := w.client.ModuleTwin(t.Context(), "gate-1", "camera")
	if err != nil || plainOf(twin.Desired) != `{"fps":5}` {
		t.Errorf("the module has %s, %v", twin.Desired, err)
	}
	w.Press("ctrl+c")
	w.Ended()
}

// TestTwinInTheUsersEditor: what is written there is reviewed at once; a mistake comes back to the screen with its place.
func TestTwinInTheUsersEditor(t *testing.T) {
	t.Parallel()
	running := hub(t, newUser(t))
	u := newUser(t)
	script := filepath.Join(u.home, "editor")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nsed -i \"$1\" \"$2\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := u.command()
	cmd.Env = append(append(cmd.Env, running.variables()...), "EDITOR="+script+" 's/: 2$/: 9/;s/: 1$/: oops/'")
	w := watched{uitest.Run(t, cmd, 120, 36), running, serviceOf(t, running)}
	if _, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"}); err != nil {
		t.Fatal(err)
	}
	w.patch(t, tagsAndDesired(`{"floor":2}`, `{}`))
	w.See("gate-1").Press("enter", "]").See("floor").Press("E").See("Change the twin of gate-1", `~   "floor": 9  (was 2)`).Answer("y", "Change the twin of gate-1")
	w.has(t, `{"floor":9}`, `{}`)
	w.patch(t, tagsAndDesired(`{"floor":1}`, `{}`))
	w.See("(was 9)").Press("E").See("● not sent", `"floor": oops`, "✗ line 3, column 14: a value is expected here").Press("ctrl+c")
	w.Ended()
}

// TestTwinReadOnly: it is shown, and nothing of it can be changed.
func TestTwinReadOnly(t *testing.T) {
	t.Parallel()
	w := gate(t, tagsAndDesired(`{"floor":2}`, `{}`), "--read-only")
	w.See("floor").NotSee("e edit")
	for _, key := range []string{"e", "E", "d"} {
		w.Press(key).See("the twin of gate-1 is not changed: hubscope was started with --read-only").Press("y").See("Copy of the twin").Press("esc").NotSee("Copy of the twin")
	}
	w.NotSee("Delete").Press("ctrl+c")
	w.Ended()
}
