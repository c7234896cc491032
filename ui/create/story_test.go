package create

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

var usual = uitest.Sizes[1]

// What was typed for one way of proving is there again when it is chosen again.
func TestChoosingLosesNothing(t *testing.T) {
	s := start(t, theme.Mono, usual, newMemory(), t.TempDir())
	s.Press("n").See("device-2").Press("tab", "right", "tab").Type("my key").Press("shift+tab", "right").See("Secondary").NotSee("my key")
	s.Press("tab").Type("AB:CD").Press("shift+tab", "left").See("my key").NotSee("AB:CD").Press("right").See("AB:CD")
}

// Leaving the form does not take back what was asked for: its end is told all the same, and does not touch another form.
func TestLeavingTheFormTellsTheEnd(t *testing.T) {
	s := start(t, theme.Mono, usual, newMemory("wind-9"), t.TempDir())
	s.Press("n").See("device-2")
	var end late
	s.do(func() {
		f := &one{d: s.dialogs, left: true}
		end = late{f, outcome{order: order{device: hub.Device{DeviceID: "wind-9"}}, asked: true, err: &hub.Error{Status: 409, Code: 409001, Name: "DeviceAlreadyExists", TrackingID: "T-409"}}}
	})
	s.Send(oneMsg(end))
	s.See("wind-9 not created", "device-2").NotSee("choose another id")
	s.do(func() {
		if s.report.Quiet || s.report.TrackingID != "T-409" || s.report.Severity != page.Failure {
			t.Errorf("%+v", s.report)
		}
	})
}

type late struct {
	one     *one
	outcome outcome
}

// A policy that may not create is found out by trying, and the form says so.
func TestAPolicyThatMayNot(t *testing.T) {
	store := newMemory()
	store.fail(&hub.Error{Op: "create device", Status: 401, Code: 401002, Name: "IotHubUnauthorizedAccess"})
	s := start(t, theme.Mono, usual, store, t.TempDir())
	s.Press("n").See("device-2").Press("enter").See("✗")
	s.do(func() {
		if s.ctx.May(page.ChangeRegistry) {
			t.Error("creating is still offered")
		}
	})
	s.Press("enter")
	s.says("the hub does not let this policy create")
}

// The second esc of a run does not wait for a hub that hangs.
func TestTheSecondEscapeDoesNotWait(t *testing.T) {
	store := newMemory()
	store.hold, store.held = make(chan struct{}), make(chan struct{})
	s := start(t, theme.Mono, usual, store, t.TempDir())
	s.Press("N").See("New devices, many").Press("enter").See("esc stop")
	<-store.held // before it, there would be nothing to wait for
	s.Press("esc").See("esc do not wait").Press("esc")
	s.says("stopped before anything was made").See("enter create")
	close(store.hold)
	s.Press("enter").See("made device-001 99", "99 created, 1 failed")
}

// Single failures are named, the others are made, and a file with the results is the owner's.
func TestSingleFailures(t *testing.T) {
	dir := t.TempDir()
	s := start(t, theme.Mono, usual, newMemory("device-007"), dir)
	s.Press("N").See("New devices, many").Press("enter").See("98 created, 1 exist already, 1 failed", "device-013: the hub does not like this one (ArgumentInvalid)")
	files, _ := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if len(files) != 1 {
		t.Fatal(files)
	}
	text, _ := os.ReadFile(files[0])
	want := `{"id":"device-013","outcome":"failed","errorCode":"ArgumentInvalid","message":"the hub does not like this one"}`
	if !strings.Contains(string(text), want+"\n") || strings.Contains(string(text), "Key") || strings.Count(string(text), "\n") != 100 {
		t.Errorf("%s", text)
	}
}

// A list in JSON lines arrives at a real hub with all that it says.
func TestJSONLinesAtARealHub(t *testing.T) {
	h, err := localhub.Start(context.Background(), localhub.Options{StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close(context.Background()) })
	client, err := hub.New(hub.Options{Target: h.Target()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	above, err := client.CreateDevice(t.Context(), hub.Device{DeviceID: "above", IoTEdge: true})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "list.jsonl")
	lines := `{"id":"gate","capabilities":{"iotEdge":true}}
{"id":"cam","status":"disabled","statusReason":"later","authentication":{"type":"selfSigned","x509Thumbprint":{"primaryThumbprint":"` + strings.Repeat("ab", 20) + `"}},"deviceScope":"` + above.Scope + `"}
{"id":"pump","tags":{"site":"north"},"properties":{"desired":{"interval":2}}}
`
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, theme.Mono, usual, newMemory(), dir)
	s.do(func() { s.dialogs.o.Store = client })
	s.Press("N").See("New devices, many").Press("right", "right").See("JSON lines").Press("tab").Type(path).Press("enter").See("made gate 3")
	cam, err := client.Device(t.Context(), "cam")
	if err != nil || cam.Status != hub.Disabled || cam.StatusReason != "later" || cam.Auth.Type != hub.AuthSelfSigned || cam.Scope != above.Scope {
		t.Errorf("%+v, %v", cam, err)
	}
	gate, err := client.Device(t.Context(), "gate")
	if err != nil || !gate.IoTEdge || gate.Scope == "" {
		t.Errorf("%+v, %v", gate, err)
	}
	twin, err := client.Twin(t.Context(), "pump")
	if err != nil || !strings.Contains(string(twin.Tags), "north") || !strings.Contains(string(twin.Desired), `"interval":2`) {
		t.Errorf("%s %s, %v", twin.Tags, twin.Desired, err)
	}
}
