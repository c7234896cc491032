//go:build unix

package e2e

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	service "hubscope/hub"
	"hubscope/ui/uitest"
	"hubscope/ui/widget"
)

// maker is somebody at a screen who makes devices, with a home of their own.
type maker struct {
	watched
	user
}

func makes(t *testing.T) maker {
	t.Helper()
	running, u := hub(t, newUser(t)), newUser(t)
	cmd := u.command()
	cmd.Env = append(cmd.Env, running.variables()...)
	return maker{watched{uitest.Run(t, cmd, 160, 40), running, serviceOf(t, running)}, u}
}

// Press, See and NotSee are those of the terminal.
func (m maker) Press(names ...string) maker { m.watched.Press(names...); return m }

func (m maker) See(parts ...string) maker { m.t.Helper(); m.watched.See(parts...); return m }

func (m maker) NotSee(parts ...string) maker { m.t.Helper(); m.watched.NotSee(parts...); return m }

// fill types into the line under the cursor in place of what is there, and goes to the next.
func (m maker) fill(text string) maker {
	m.Press("ctrl+u").Type(text)
	return m.Press("tab")
}

func (m maker) fails(t *testing.T, f service.Fault) {
	t.Helper()
	if _, err := m.client.SetFaults(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func (m maker) device(t *testing.T, id string) service.Device {
	t.Helper()
	d, err := m.client.Device(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (m maker) count(t *testing.T) int64 {
	t.Helper()
	n, err := m.client.RegistryStatistics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n.TotalDeviceCount
}

func key(n int) string { return base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", n))) }

// TestCreateOne: every part of an identity is checked while it is typed, arrives, and is still there after a refusal.
func TestCreateOne(t *testing.T) {
	t.Parallel()
	m := makes(t)
	m.See("No devices yet").Press("n").See("New device", "device-1")
	m.fill("pump 7").See("must not have a blank (position 5)").Press("shift+tab")
	m.fill("pump-7").Press("right").See("keys of my own", "Primary key").Press("tab")
	m.fill(key(15)).See("✗ a key is base64 of 16 to 64 bytes").Press("shift+tab")
	m.fill(key(16)).Press("tab").Press("right").See("disabled", "Reason").Press("tab")
	m.fill("sent back").Press("tab", "tab")
	m.fill(`{"site":north}`).See("✗", "column 10").Press("shift+tab").fill(`{"site":"north"}`).NotSee("✗")

	// Somebody else makes one of the same name meanwhile.
	if _, err := m.client.CreateDevice(t.Context(), service.Device{DeviceID: "pump-7"}); err != nil {
		t.Fatal(err)
	}
	m.Press("enter").See("a device with this id exists already", "choose another id", "sent back", "north")
	m.fails(t, service.Fault{Kind: service.FaultQuota, Operation: "registry"})
	m.fill("pump-8").Press("enter").See("✗ could not create device", "pump-8", "sent back", "north")
	m.fails(t, service.Fault{Kind: service.FaultQuota, Operation: "twin-update"})
	m.Press("enter").See("pump-8 was created, but has no tags", "tries the tags again")
	if err := m.client.ClearFaults(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.Press("enter").See("pump-8 created", "▸ pump-8").NotSee("New device")
	d := m.device(t, "pump-8")
	if d.Auth.Primary.Reveal() != key(16) || d.Auth.Secondary.IsZero() || d.Status != service.Disabled || d.StatusReason != "sent back" {
		t.Errorf("%+v", d)
	}
	if twin, err := m.client.Twin(t.Context(), "pump-8"); err != nil || !strings.Contains(string(twin.Tags), "north") {
		t.Errorf("tags %s, %v", twin.Tags, err)
	}
}

// TestCreateBelowAGateway: the parent is named by its id, and looked at before anything is made.
func TestCreateBelowAGateway(t *testing.T) {
	t.Parallel()
	m := makes(t)
	m.See("No devices yet").Press("n").See("New device").fill("gate").Press("tab", "tab", "right").See("yes").Press("enter").See("gate created", "▸ gate")
	m.Press("n").See("New device").fill("leaf").Press("tab", "tab", "tab").fill("nobody").Press("enter").See(`there is no device "nobody" to be the parent`, "parent, or none")
	m.Press("shift+tab").fill("gate").Press("enter").See("leaf created")
	if gate, leaf := m.device(t, "gate"), m.device(t, "leaf"); !gate.IoTEdge || leaf.Scope != gate.Scope || gate.Scope == "" {
		t.Errorf("%+v, %+v", gate, leaf)
	}
	m.Press("n").See("New device").fill("below").Press("tab", "tab", "tab").fill("leaf").Press("enter").See("it is no IoT Edge device").Press("esc").NotSee("New device")
	if n := m.count(t); n != 2 {
		t.Errorf("%d devices", n)
	}
	m.Press("N").See("New devices, many").Press("tab").fill("twig-{1..3}").Press("tab", "tab", "tab").fill("leaf").Press("enter").See("it is no IoT Edge device", "parent, or none")
	m.Press("shift+tab").fill("gate").Press("enter").See("new devices: 3 created", "▸ twig-1")
	if gate, twig := m.device(t, "gate"), m.device(t, "twig-3"); twig.Scope != gate.Scope || m.count(t) != 5 {
		t.Errorf("%+v, %d devices", twig, m.count(t))
	}
}

// TestCreateWithACertificate: it is made here, for its owner alone, and the device connects with it at once.
func TestCreateWithACertificate(t *testing.T) {
	t.Parallel()
	m := makes(t)
	m.See("No devices yet").Press("n").See("New device").fill("cam-1").Press("right", "right", "right").See("a certificate made here", "Folder", "certificates", "365 days")
	m.Press("enter").See("cam-1 created", "Private key", "cam-1.key.pem", "Thumbprint").Press("enter").NotSee("Thumbprint  ")
	folder := filepath.Join(m.home, ".local/share/hubscope/certificates")
	for _, name := range []string{"cam-1.cert.pem", "cam-1.key.pem"} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	m.See("▸ cam-1").Press("s").See("● connected").Press("s").See("○ offline")

	// A device of this name was made before, and its key is still there.
	if err := os.WriteFile(filepath.Join(folder, "cam-2.key.pem"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	m.Press("n").See("New device").fill("cam-2").Press("right", "right", "right").See("Folder").Press("enter").See("cam-2.key.pem is there already")
	if text, _ := os.ReadFile(filepath.Join(folder, "cam-2.key.pem")); string(text) != "mine" {
		t.Error("a key was overwritten")
	}
	// A refusal leaves no files behind.
	m.fails(t, service.Fault{Kind: service.FaultQuota, Operation: "registry"})
	m.Press("shift+tab").fill("cam-3").Press("enter").See("✗ could not create device", "cam-3").Press("esc").NotSee("New device")
	if files, _ := filepath.Glob(filepath.Join(folder, "cam-3*")); len(files) != 0 || m.count(t) != 1 {
		t.Errorf("left behind: %v, %d devices", files, m.count(t))
	}
}

// TestCreateManyFromAFile: mistakes with their places, a dry run that makes nothing, then all of them with their results.
func TestCreateManyFromAFile(t *testing.T) {
	t.Parallel()
	m := makes(t)
	path := filepath.Join(m.home, "devices.csv")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("deviceId,status,tags.site\npump 1,,\npump-2,off,\npump-3,,south\n")
	m.See("No devices yet").Press("N").See("New devices, many", "a pattern").Press("right").See("a file, CSV").Press("tab").fill("~/no.csv").Press("enter").See("there is no file", "no.csv")
	m.Press("shift+tab").fill("~/devices.csv").Press("enter").See("Mistakes in the list", "line 2, column 1: deviceId", "line 3, column 8: status: \"off\" is neither")
	m.Press("enter").See("2 mistakes in the list: nothing was made")
	if n := m.count(t); n != 0 {
		t.Fatalf("%d devices", n)
	}
	var list strings.Builder
	list.WriteString("deviceId,status,tags.site\n")
	for i := range 150 {
		fmt.Fprintf(&list, "pump-%03d,disabled,north\n", i)
	}
	write(list.String())
	m.Press("tab", "right").See("yes").Press("tab", "right").See("dry run").Press("enter").See("Dry run", "150 would be created", "pump-000 to pump-149").Press("enter").NotSee("150 would be")
	if n := m.count(t); n != 0 {
		t.Fatalf("a dry run has made %d devices", n)
	}
	if _, err := m.client.CreateDevice(t.Context(), service.Device{DeviceID: "pump-007"}); err != nil {
		t.Fatal(err)
	}
	m.Press("left").See("make them").Press("enter").See("new devices: 149 created, 1 exist already", "▸ pump-000").NotSee("New devices, many")
	if d := m.device(t, "pump-149"); d.Status != service.Disabled {
		t.Errorf("%+v", d)
	}
	files, _ := filepath.Glob(filepath.Join(m.home, ".local/share/hubscope/new-*.jsonl"))
	if len(files) != 1 {
		t.Fatalf("results: %v", files)
	}
	text, _ := os.ReadFile(files[0])
	d := m.device(t, "pump-149")
	if lines := strings.Split(strings.TrimSpace(string(text)), "\n"); len(lines) != 150 || !strings.Contains(lines[7], `"id":"pump-007","outcome":"exists"`) ||
		!strings.Contains(lines[149], `"line":151,"id":"pump-149","outcome":"created"`) || !strings.Contains(lines[149], d.Auth.Primary.Reveal()) {
		t.Errorf("results:\n%s", text)
	}
	if info, _ := os.Stat(files[0]); info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the results: %v", info.Mode())
	}
}

// TestCreateManyWithAHubInTrouble: a hub that throttles is waited for, one that refuses is told of, and a run that is
// stopped keeps what it made and can go on.
func TestCreateManyWithAHubInTrouble(t *testing.T) {
	t.Parallel()
	m := makes(t)
	m.See("No devices yet")
	m.fails(t, service.Fault{Kind: service.FaultQuota, Operation: "registry"})
	m.Press("N").See("New devices, many").Press("tab").fill("pump-{0001..4000}").See("keys that are made here").Press("enter").See("✗ could not change devices in bulk", "pump-{0001..4000}")
	if n := m.count(t); n != 0 {
		t.Fatalf("%d devices", n)
	}
	m.fails(t, service.Fault{Kind: service.FaultThrottle, Operation: "registry", For: 3 * time.Second, RetryAfter: 2 * time.Second})
	m.Press("enter").See("the hub asks for patience, next try in")
	m.fails(t, service.Fault{Kind: service.FaultLatency, Operation: "registry", Delay: 700 * time.Millisecond})
	m.See(" of 4,000", "/s,", "left", "█").Press("esc").See("Stopped", "created", "not tried")
	made := m.count(t)
	if made == 0 || made%100 != 0 || made >= 4000 {
		t.Errorf("%d devices after the stop", made)
	}
	m.See(widget.Count(made) + " created, " + widget.Count(4000-made) + " not tried")
	if err := m.client.ClearFaults(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.Press("enter").See("enter goes on with what").Press("enter").See("new devices:", "exist already", "▸ pump-").NotSee("New devices, many")
	if n := m.count(t); n != 4000 {
		t.Errorf("%d devices at the end", n)
	}

	// The cursor goes to the first of the new ones, though the list has not been read that far.
	m.Press("N").See("New devices, many").Press("tab").fill("zebra-{1..3}").Press("enter").See("new devices: 3 created", "▸ zebra-1", "of 4,003")
	m.Press("n").See("New device").fill("zebra-0").Press("enter").See("zebra-0 created", "▸ zebra-0", "of 4,004")
}
