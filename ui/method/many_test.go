package method

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

func nothing(f func()) func() tea.Cmd { return func() tea.Cmd { f(); return nil } }

func many(t *testing.T, o Options, size uitest.Size, mode theme.Mode, devices ...string) *scene {
	t.Helper()
	return manyAt(t, o, size, mode, nil, devices...)
}

func manyAt(t *testing.T, o Options, size uitest.Size, mode theme.Mode, c *clock, devices ...string) *scene {
	t.Helper()
	ctx := page.NewContext(t.Context(), mode)
	if c != nil {
		ctx.Now, ctx.Location = c.Now, time.UTC
	}
	ctx.Rights = &page.Rights{}
	s := open(t, ctx, NewMany(ctx, o), size)
	s.Send(page.CallMany{DeviceIDs: devices})
	return s
}

var large = uitest.Size{Width: 120, Height: 32}

func TestCallManyDevices(t *testing.T) {
	st := newStation(t, "")
	all := append(ids("on", 9), "off-1", "off-2", "off-3")
	st.create(all...)
	s := many(t, st.options(), large, theme.Mono, all...)
	s.See("on 12 devices").Type("reboot").Press("tab").Type(`{"delay": 3}`).Press("ctrl+s")
	s.See("Call reboot on 12 devices?").Press("y").See("✓ 9", "✗ 3", `{"restartIn":3}`, "✗ offline")
	if r := s.reported("reboot on 12 devices: 9 answered, 3 failed", "off-2: the device is not connected"); r.Severity != page.Warning || r.TrackingID == "" {
		t.Errorf("%+v", r)
	}
	s.Press("o", "g").See("failed first", "▸ off-1").Press("enter").See("off-1  ✗ offline", "tracking id").Press("esc")

	// Those that failed are called again; the others keep their answers.
	st.fleetStart("off-1")
	s.Press("r").See("✓ 10", "✗ 2")
	s.reported("reboot on 3 devices: 1 answered, 2 failed")
	if d, ok := st.fleet.Device("on-01"); !ok || d.Status().Methods != 2 { // one by the test itself
		t.Errorf("on-01 was called %d times", d.Status().Methods)
	}
	testExport(t, s)
}

// fleetStart starts the simulated device of an identity and waits until it answers.
func (s *station) fleetStart(id string) {
	s.t.Helper()
	d, err := s.client.Device(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.fleet.Start(s.hub.Target().Service.ForDevice(id, d.Auth.Primary)); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.client.InvokeMethod(s.t.Context(), id, hub.MethodCall{Name: "reboot", ConnectTimeout: uitest.Patience}); err != nil {
		s.t.Fatal(err)
	}
}

func testExport(t *testing.T, s *scene) {
	dir := t.TempDir()
	lines, table := filepath.Join(dir, "r.jsonl"), filepath.Join(dir, "r.csv")
	s.Press("x", "l").See("Export as lines of JSON").Press("ctrl+u").Type(lines).Press("enter").reported("12 results exported")
	f, err := os.Open(lines)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	fine, failed := 0, 0
	for scan := bufio.NewScanner(f); scan.Scan(); {
		var row exported
		if err := json.Unmarshal(scan.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		switch {
		case row.Status != nil && *row.Status == 202 && strings.Contains(string(row.Payload), "restartIn"):
			fine++
		case row.Error != "" && row.TrackingID != "" && row.Method == "reboot":
			failed++
		}
	}
	if fine != 10 || failed != 2 {
		t.Errorf("%d fine and %d failed in the file", fine, failed)
	}

	s.Press("x", "c").See("Export as CSV").Press("ctrl+u").Type(lines).Press("enter").See("Overwrite").Press("n").See("the file is there already")
	s.Press("ctrl+u").Type(table).Press("enter")
	s.Wait("the file", func(string) bool { _, err := os.Stat(table); return err == nil })
	g, err := os.Open(table)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = g.Close() }()
	rows, err := csv.NewReader(g).ReadAll()
	if err != nil || len(rows) != 13 || rows[0][0] != "deviceId" || rows[3][3] != "202" {
		t.Errorf("%q, %v", rows, err)
	}
	s.NotSee("Export as CSV")
	s.Press("x", "c").See("Export as CSV").Press("ctrl+u").Type(table + "/no.csv").Press("enter").See("nothing was exported").Press("esc")
}

func TestManyThrottledAndCancelled(t *testing.T) {
	st := newStation(t, "")
	all := ids("on", 5)
	st.create(all...)
	st.fault(hub.Fault{Kind: hub.FaultThrottle, Protocol: "rest", Operation: "method", RetryAfter: time.Second, Count: 7})
	s := many(t, st.options(), large, theme.Mono, all...)
	s.See("on 5 devices").Type("reboot").Press("enter").See("the hub is throttled").See("✓ 5").NotSee("throttled")
	s.reported("reboot on 5 devices: 5 answered")

	st.fault(hub.Fault{Kind: hub.FaultThrottle, Protocol: "rest", Operation: "method", RetryAfter: 200 * time.Second})
	s.Press("ctrl+s").See("the hub is throttled, next try in").Send(page.CallMany{DeviceIDs: []string{"other"}})
	s.reported("a call on 5 devices is still under way")
	s.Press("esc").reported("reboot on 5 devices", "cancelled", "r calls the others")
	s.NotSee("throttled")
}

func TestManyWithoutTheRight(t *testing.T) {
	st := newStation(t, "registryReadWrite")
	all := ids("off", 9)
	st.create(all...)
	s := many(t, st.options(), large, theme.Mono, all...)
	s.See("on 9 devices").Type("reboot").Press("enter").See("✗ refused")
	if r := s.reported("reboot on 9 devices", "the hub refused the policy"); r.Severity != page.Failure {
		t.Errorf("%+v", r)
	}
	s.Press("r").reported("no method is called", "does not let this policy")
}
