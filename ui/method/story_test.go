package method

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hubscope/device"
	"hubscope/device/sim"
	"hubscope/device/sim/profile"
	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// station is a real local hub, a client of it over TLS, and simulated devices.
type station struct {
	t      *testing.T
	hub    *localhub.Hub
	client *hub.Client
	fleet  *sim.Fleet
}

const machine = `
[[messages]]
body = { n = 1 }

[[methods]]
name = "reboot"
status = 202
answer = { restartIn = "{{payload.delay ?? 0}}" }

[[methods]]
name = "odd"
status = 500
answer = "\u001b[31mred\u001b[0m"

[[methods]]
name = "slow"
delay = "60s"
answer = "at last"
`

func newStation(t *testing.T, policy string) *station {
	t.Helper()
	h, err := localhub.Start(context.Background(), localhub.Options{StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s := &station{t: t, hub: h}
	target := h.Target()
	if policy != "" {
		p, _ := h.Core().Policy(policy)
		target.Service.PolicyName, target.Service.Key = policy, p.Primary
	}
	if s.client, err = hub.New(hub.Options{Target: target}); err != nil {
		t.Fatal(err)
	}
	kind, err := profile.Parse("machine.toml", []byte(machine))
	if err != nil {
		t.Fatal(err)
	}
	s.fleet = sim.NewFleet(sim.FleetOptions{Options: sim.Options{
		Profile: kind, Interval: time.Hour, Device: device.Options{MQTTAddr: target.MQTTAddr, TLS: target.TLS},
	}})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), uitest.Patience)
		defer cancel()
		s.client.Close()
		if err := s.fleet.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := h.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return s
}

// create makes identities; those whose ids begin with on- have a simulated device that is ready to answer.
func (s *station) create(ids ...string) {
	s.t.Helper()
	for _, id := range ids {
		d, err := s.client.CreateDevice(s.t.Context(), hub.Device{DeviceID: id})
		if err != nil {
			s.t.Fatal(err)
		}
		if !strings.HasPrefix(id, "on-") {
			continue
		}
		if err := s.fleet.Start(s.hub.Target().Service.ForDevice(id, d.Auth.Primary)); err != nil {
			s.t.Fatal(err)
		}
		call := hub.MethodCall{Name: "reboot", ConnectTimeout: uitest.Patience}
		if _, err := s.client.InvokeMethod(s.t.Context(), id, call); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *station) options() Options {
	return Options{
		Hub: s.client, Memory: NewMemory(filepath.Join(s.t.TempDir(), "methods.toml")),
		Running: func(id string) bool { d, ok := s.fleet.Device(id); return ok && d.Status().State.Running() },
	}
}

func TestCallADevice(t *testing.T) {
	st := newStation(t, "")
	st.create("on-1")
	o := st.options()
	o.Known = func(string) []string { return []string{"reboot", "odd"} }
	s := section(t, o, middle, theme.Mono, nil).show(connected("on-1"), "")
	s.See("No method called yet.", "reboot, odd")
	s.Press("e").Type("re").See("reboot").Press("right", "tab").Type(`{"delay": 5,`).See("line 1, column 13", "a closing } is missing")
	s.Press("left", "ctrl+s").reported("the payload is not JSON") // goes to the mistake: the end
	s.Press("backspace").Type("}").See("✓ JSON, 12 bytes").Press("ctrl+s")
	s.See("✓ 202 in", `"restartIn": 5`, "TIME", "reboot")
	if r := s.reported("reboot on on-1 answered 202"); r.Severity != page.Success {
		t.Errorf("%+v", r)
	}

	// A status that is no success, with a text that would paint the screen.
	s.Press("e", "shift+tab").Press("ctrl+u").Type("odd").Press("enter").See("⚠ 500", `"\u001b[31mred\u001b[0m"`)
	s.Press("j").See("✓ 202 in", `"restartIn": 5`).Press("enter").See("Sent", "Answer").Press("esc").NotSee("Sent")
	s.Press("r")
	s.Wait("the second answer of odd", func(text string) bool {
		return strings.Count(text, "⚠ 500") == 3 && !strings.Contains(text, "waiting")
	})
	if s.reported("odd on on-1 answered 500").Severity != page.Warning {
		t.Error("a status of 500 is told as a success")
	}
	// A device without the method.
	s.Press("e", "ctrl+u").Type("nothing").Press("enter").See("⚠ 404", "has no method nothing")
}

func TestEachDeviceKeepsItsOwn(t *testing.T) {
	st := newStation(t, "")
	st.create("on-1", "on-2")
	s := section(t, st.options(), middle, theme.Mono, nil).show(connected("on-1"), "")
	s.See("No method called yet.").Press("e").Type("reboot").Press("enter").See("✓ 202")
	s.Press("e").Type("ing").See("rebooting").show(connected("on-2"), "").See("No method called yet.", "reboot").NotSee("rebooting")
	s.Press("r").reported("no method was called here yet")
	s.show(connected("on-1"), "").See("rebooting", "✓ 202")
}

func TestADeviceThatIsNotThere(t *testing.T) {
	st := newStation(t, "")
	st.create("off-1")
	s := section(t, st.options(), middle, theme.Mono, nil).show(hub.Device{DeviceID: "off-1"}, "")
	s.See("The device is offline").Press("e").Type("reboot").Press("tab").Type(`[1]`).Press("ctrl+s")
	s.See("✗ offline", "the device is not connected", "s starts its simulated device", "time to connect")
	if r := s.reported("reboot on off-1", "not connected"); r.TrackingID == "" || r.Severity != page.Failure {
		t.Errorf("%+v", r)
	}
	s.See("[1]").Press("r").Wait("the second call to end", func(text string) bool { return strings.Count(text, "✗ offline") == 3 })

	// With a time to connect the call waits; esc ends it.
	s.Press("e", "tab", "tab").Press("ctrl+u").Type("301").See("0 to 300 seconds").Press("backspace", "backspace", "backspace").Type("60").Press("enter")
	s.See("waiting for reboot", "of 90 s", "esc cancels").Press("esc").See("✗ cancelled", "the device may run it all the same")
	s.reported("reboot on off-1", "cancelled")

	s.show(hub.Device{DeviceID: "gone"}, "").Press("r").reported("no method was called here yet")
	s.Press("ctrl+s").See("✗ unknown", "no such device any more", "reads the list again")
	s.reported("reboot on gone", "no such device", "-G:")
}

func TestADeviceThatDoesNotAnswer(t *testing.T) {
	st := newStation(t, "")
	st.create("on-1")
	s := section(t, st.options(), middle, theme.Mono, nil).show(connected("on-1"), "")
	s.Press("e").Type("slow").Press("tab", "tab").Press("ctrl+u").Type("5").Press("ctrl+s")
	s.See("waiting for slow", "of 5 s")
	s.See("✗ no answer", "did not answer in 5 s", "e gives it more time")
	s.reported("slow on on-1", "did not answer in 5 s", "-G:")
}

func TestTooLargeAPayload(t *testing.T) {
	st := newStation(t, "")
	st.create("on-1")
	s := section(t, st.options(), middle, theme.Mono, nil).show(connected("on-1"), "")
	big := `"` + strings.Repeat("風", maxPayload/3+1) + `"`
	s.Press("e").Type("reboot").Press("tab")
	s.Send(do(nothing(func() { s.root.page.(*Page).desk.form.setPayload(big) })))
	s.See("a hub takes 128 kB").Press("ctrl+s").reported("131075 bytes are too many")
}

func TestThrottledHub(t *testing.T) {
	st := newStation(t, "")
	st.create("on-1")
	st.fault(hub.Fault{Kind: hub.FaultThrottle, Protocol: "rest", Operation: "method", RetryAfter: time.Second, Count: 1})
	s := section(t, st.options(), middle, theme.Mono, nil).show(connected("on-1"), "")
	s.Press("e").Type("reboot").Press("enter").See("the hub is throttled, next try in", "esc cancels").See("✓ 202")

	st.fault(hub.Fault{Kind: hub.FaultThrottle, Protocol: "rest", Operation: "method", RetryAfter: 100 * time.Second})
	s.Press("r").See("the hub is throttled, next try in 1").Press("esc").See("✗ cancelled")
}

func TestDroppedConnection(t *testing.T) {
	st := newStation(t, "")
	st.create("on-1")
	st.fault(hub.Fault{Kind: hub.FaultCut, Protocol: "rest", Operation: "method", Count: 1})
	s := section(t, st.options(), middle, theme.Mono, nil).show(connected("on-1"), "")
	s.Press("e").Type("reboot").Press("enter").See("✗ cut off", "whether the device has run it is not", "known")
	s.reported("reboot on on-1", "look there before r calls again")
	s.Press("r").See("✓ 202")
}

func TestAPolicyThatMayNot(t *testing.T) {
	st := newStation(t, "registryReadWrite")
	st.create("off-1")
	s := section(t, st.options(), middle, theme.Mono, nil).show(hub.Device{DeviceID: "off-1"}, "")
	s.Press("e").Type("reboot").Press("enter").See("✗ refused", "the hub refused the policy")
	s.reported("reboot on off-1", "refused", "-G:")
	s.Press("r").reported("no method is called", "the hub does not let this policy call direct methods")
	s.See("reboot")
}

func TestReadOnly(t *testing.T) {
	o := Options{}
	s := section(t, o, middle, theme.Mono, func(c *page.Context, _ *Page) { c.Rights.ReadOnly = true }).show(connected("a"), "")
	s.See("No method can be called", "read-only").Press("e", "ctrl+s", "r").reported("no method is called", "--read-only")
}

func TestModule(t *testing.T) {
	st := newStation(t, "")
	st.create("off-1")
	if _, err := st.client.CreateModule(t.Context(), hub.Module{DeviceID: "off-1", ModuleID: "filter"}); err != nil {
		t.Fatal(err)
	}
	s := section(t, st.options(), middle, theme.Mono, nil).show(hub.Device{DeviceID: "off-1"}, "filter")
	s.Press("e").Type("reboot").Press("enter").See("the module is not connected").NotSee("simulated")
	s.show(hub.Device{DeviceID: "off-1"}, "none").Press("ctrl+s").See("no such module")
	s.reported("reboot on off-1/none", "no such module")
}

// fault makes the hub fail, in place of how it failed before.
func (s *station) fault(f hub.Fault) {
	s.t.Helper()
	owner, err := hub.New(hub.Options{Target: s.hub.Target()})
	if err != nil {
		s.t.Fatal(err)
	}
	defer owner.Close()
	if _, err := owner.SetFaults(s.t.Context(), f); err != nil {
		s.t.Fatal(err)
	}
}

func TestFavourites(t *testing.T) {
	st := newStation(t, "")
	st.create("on-1")
	o := st.options()
	s := section(t, o, middle, theme.Mono, nil).show(connected("on-1"), "")
	s.See("No method called yet.").Press("*").See("No favourites yet").Press("esc")
	s.Press("e").Type("reboot").Press("tab").Type("{").Press("enter").Type(`  "delay": 7`).Press("enter").Type("}").Press("tab", "ctrl+u").Type("45")
	s.Press("esc", "*", "n").See("Keep as a favourite").Type(" soon").Press("enter").reported("reboot soon is a favourite now")
	data, err := os.ReadFile(o.Memory.path)
	if err != nil || !strings.Contains(string(data), "reboot soon") {
		t.Fatalf("%s, %v", data, err)
	}
	// Another program adds one; both are there.
	if _, err := changeFavourites(o.Memory.path, func(all []Favourite) []Favourite {
		return with(all, Favourite{Name: "a1", Method: "odd", Answer: 30})
	}); err != nil {
		t.Fatal(err)
	}
	s.show(connected("on-2"), "").See("No method called yet.").Press("*").See("a1", "reboot soon", `{"del`).Press("enter").See(`"delay": 7`, "45").Press("esc")
	s.Press("*", "j", "d").See("Remove a favourite").Press("y").reported("reboot soon is no favourite any more")
	s.Press("*").See("a1").NotSee("reboot soon").Press("esc")
	if err := os.WriteFile(o.Memory.path, []byte("not = [toml"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Press("*").reported("the favourites", "does not read", "line 1")
	s.Press("esc").See(`"delay": 7`)
}

func ids(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s-%02d", prefix, i+1)
	}
	return out
}
