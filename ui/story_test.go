package ui

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/ui/page"
	"hubscope/ui/uitest"
)

var usual = uitest.Size{Width: 120, Height: 36}

func TestTheFirstMinute(t *testing.T) {
	s := start(t, DarkTheme, usual)
	s.See("No devices yet", "● live").Press("n").See("New device", "device-1")
	s.Press("ctrl+u").Type("wind-1").See("wind-1").Press("enter")
	s.See("wind-1 created", "▸ wind-1", "1 of 1", "○ offline").NotSee("New device")
	s.Press("s").See("wind-1 started", "● connected", "sending every 1 s")
	s.See("••••").NotSee(primaryKey[:20])
	s.Press("K").See(primaryKey[:20], "SharedAccessKey=").Press("K").NotSee(primaryKey[:20])
	s.Press("y").See("Copy of wind-1").Press("c").See("connection string of wind-1 copied").NotSee(primaryKey[:20])
	s.Press("s").See("wind-1 stopped", "○ offline")
	s.Press("q")
	if err := s.Ended(); err != nil {
		t.Error(err)
	}
}

func TestAnIDThatIsWrongOrTaken(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	s.See("4 of 4").Press("n").See("New device").Press("ctrl+u")
	s.See("✗").NotSee("enter create")
	s.Type("wind-1").See("exists already")
	s.Type("2").NotSee("exists already").See("enter create")

	// Somebody else takes it before enter is pressed.
	s.registry.mu.Lock()
	s.registry.devices["wind-12"] = identityOf("wind-12")
	s.registry.mu.Unlock()
	s.Press("enter").See("✗ a device with this id exists already", "choose another id", "wind-12")
	s.Press("backspace").Type("5").NotSee("choose another id")
	s.Press("enter").See("wind-15 created", "▸ wind-15")
}

func TestAFailedCreateKeepsTheText(t *testing.T) {
	s := start(t, DarkTheme, usual)
	s.See("No devices yet").Press("n").See("New device").Press("ctrl+u").Type("wind-1").See("wind-1")
	s.registry.fail(&hub.Error{Op: "create device \"wind-1\"", Status: 503, Name: "ServiceUnavailable", TrackingID: "T-503"})
	s.Press("enter").See("New device", "wind-1", "✗")
	s.registry.fail(nil)
	s.Press("enter").See("wind-1 created").NotSee("New device")
	s.Press("J").See("Journal", "T-503")
}

func TestDelete(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	s.See("4 of 4").Press("j", "j").See("▸ wind-1").Press("d").See("Delete the device identity wind-1?")
	// A key typed before the question could be read answers nothing.
	s.Press("y").See("Delete the device identity wind-1?")
	s.later(time.Second).Press("esc").NotSee("Delete the device")
	s.Press("d").See("wind-1?")
	s.later(time.Second).Press("y").See("wind-1 deleted", "3 of 3", "▸ wind-2")
}

func TestStartingWhatCannotBeSimulated(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	s.See("▸ old-gateway").Press("s").See("old-gateway not started", "disabled")
}

func TestTakingOverAConnectedDeviceIsAsked(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	s.See("4 of 4").Press("j", "j").See("▸ wind-1").Press("s").See("not by this program")
	s.later(time.Second).Press("esc").NotSee("not by this program")
	if n := running(s.fleet); n != 0 {
		t.Fatalf("%d devices run", n)
	}
	s.Press("s").See("not by this program")
	s.later(time.Second).Press("y").See("wind-1 started")
	// What this program started it may start again without a question.
	s.Press("s").See("wind-1 stopped").Press("s").See("wind-1 started")
}

func TestQuittingAsksWhileDevicesRun(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	s.See("4 of 4").Press("j").See("▸ pump-7").Press("s").See("pump-7 started")
	s.Press("q").See("1 simulated device still runs")
	s.later(time.Second).Press("esc").NotSee("still runs").Press("q").See("still runs")
	s.later(time.Second).Press("y")
	if err := s.Ended(); err != nil {
		t.Error(err)
	}
}

func TestCtrlCQuitsFromAnywhere(t *testing.T) {
	for _, keys := range [][]string{{}, {"n"}, {"d"}, {"/"}, {":"}, {"?"}, {"J"}, {"2"}, {"tab", "tab"}} {
		t.Run(strings.Join(keys, ""), func(t *testing.T) {
			s := start(t, DarkTheme, usual, fourDevices()...)
			s.See("4 of 4").Press(keys...).Press("ctrl+c")
			if err := s.Ended(); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("too-small", func(t *testing.T) {
		s := start(t, DarkTheme, uitest.Size{Width: 20, Height: 5})
		s.See("Too small").Press("ctrl+c")
		if err := s.Ended(); err != nil {
			t.Error(err)
		}
	})
}

func TestAListThatCannotBeReadKeepsItsRows(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	s.See("4 of 4").Press("j").See("▸ pump-7")
	s.registry.fail(errors.New("dial tcp: connection refused"))
	s.later(12*time.Second).See("✗ 12 s old", "r reload", "pump-7", "✗ error")
	s.registry.fail(nil)
	s.Press("r").See("the hub answers again", "● live", "▸ pump-7").NotSee("old r")
}

func TestAListThatWasNeverReadIsTriedAgain(t *testing.T) {
	c := &clock{now: fixedNow}
	s := &stage{clock: c, registry: newRegistry(c, fourDevices()...)}
	s.fleet = newFleet(s.registry)
	s.registry.fail(errors.New("dial tcp: connection refused"))
	s.open(t, DarkTheme, usual)
	s.See("✗", "tries again")
	s.registry.fail(nil)
	s.later(3*time.Second).See("4 of 4", "● live")
}

func TestFilterSortAndPages(t *testing.T) {
	s := start(t, DarkTheme, usual, manyDevices(250)...)
	s.See("100 of 250 (100 read)", "▸ pump-001")
	s.Press("G").See("▸ pump-250", "250 of 250").NotSee("read)").Press("k", "space").See("• pump-249 marked").Press("k", "k").See("▸ pump-248")
	s.Press("r").See("250 of 250", "▸ pump-248", "• pump-249 marked").Press("j", "space").NotSee("marked", "read)").Press("g").See("▸ pump-001")
	s.Press("/").Type("24").See("/24", "16 of 250").Press("enter", "g").See("▸ pump-240")
	s.Press("O").See("▼").Press("g").See("▸ pump-249")
	s.Press("esc").See("250 of 250", "▸ pump-249").Press("o").See("STATUS ▲")
}

// TestAServiceWithSmallPages: one that refuses a large page is asked for smaller ones.
func TestAServiceWithSmallPages(t *testing.T) {
	c := &clock{now: fixedNow}
	s := &stage{clock: c, registry: newRegistry(c, manyDevices(350)...)}
	s.fleet = newFleet(s.registry)
	s.registry.mostListed = 100
	s.open(t, DarkTheme, usual)
	s.See("100 of 350").Press("G").See("350 of 350", "▸ pump-350").NotSee("✗")
}

// TestAPolicyThatMayNotAskQueries: the list comes from the identities, and says why it ends.
func TestAPolicyThatMayNotAskQueries(t *testing.T) {
	c := &clock{now: fixedNow}
	s := &stage{clock: c, registry: newRegistry(c, manyDevices(1200)...)}
	s.fleet = newFleet(s.registry)
	s.registry.noQueries = &hub.Error{Op: "list devices", Status: 401, Code: 401002, Name: "IotHubUnauthorizedAccess"}
	s.prepare = func(a *App) { a.ctx.Rights = &page.Rights{} }
	s.open(t, DarkTheme, uitest.Size{Width: 200, Height: 60})
	s.See("1,000 of 1,200", "Only the first 1,000 can be listed: the hub does not let this policy read twins or ask queries.").NotSee("✗")
	s.later(3 * time.Second).Press("/").Type("pump-0").See("pump-0").Press("esc").See("1,000 of 1,200").NotSee("✗")
}

// TestADeviceThatWasActiveIsAskedAbout: the service learns late of a connection.
func TestADeviceThatWasActiveIsAskedAbout(t *testing.T) {
	d := identityOf("pump-1")
	d.LastActivity = fixedNow.Add(-2 * time.Minute)
	quiet := identityOf("pump-2")
	quiet.LastActivity = fixedNow.Add(-time.Hour)
	s := start(t, DarkTheme, usual, d, quiet)
	s.See("▸ pump-1").Press("s").See("Device was active", "pump-1 was active 2 min ago")
	s.later(time.Second).Press("esc").NotSee("Device was active").See("○ offline")
	s.Press("j", "s").See("pump-2 started").NotSee("Device was active")
	// One that this program has simulated is its own.
	s.Press("s").See("pump-2 stopped").Press("s").See("pump-2 started").NotSee("Device was active", "Device is connected")
}

func TestSimulatorTab(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	simulated(s.fleet)
	s.See("4 of 4").Press("2").See("Simulator", "2 running", "pump-7").Press("j").See("▸ wind-1", "message_1602")
	s.Press("+").See("wind-1 sends every 0.5 s").Press("e").See("Behaviour of wind-1", "wind", "telemetry every")
	s.Press("right", "right").See("pump", "3 of 5").Press("tab").Type("soon").See("✗ not an interval")
	s.Press("ctrl+u").Type("2 min").NotSee("✗ not").Press("enter")
	s.See("wind-1 is a pump now", "2 min").NotSee("Behaviour of")
	s.Press("S").See("2 simulated devices stopped", "0 running")
	s.Press("enter").See("Devices  4 of 4", "▸ wind-1")
	s.Press("2", "g").See("▸ pump-7").Press("s").See("pump-7 started")
}

func TestManySimulatedDevices(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	s.See("4 of 4").Press("2").See("No simulated devices yet").Press("n").See("Start many devices", "100 devices: sim-001 to sim-100")
	s.Press("ctrl+u").See("✗ write a pattern").Type("m-{1..").See("✗ column").Press("ctrl+u").Type("m-{1..3}").See("3 devices: m-1 to m-3")
	s.Press("tab", "tab", "tab").Type("many").See("✗ a number of messages").Press("ctrl+u").Type("500")
	s.Press("tab", "tab", "right").See("thermostat", "2 of 5").Press("enter")
	s.See("3 devices to start: 3 created", "3 running", "m-2").NotSee("Start many devices")
	if rate := s.fleet.atMost(); rate != 500 {
		t.Errorf("the rate is %v", rate)
	}
	s.Press("S").See("3 simulated devices stopped").Press("g", "d").See("m-1 taken off the list")
	s.Press("n").See("Start many devices", "m-{1..3}").Press("ctrl+u").Type("deviceId = 'pump-7'").See("a query finds")
	s.Press("tab", "right").See("leave them out").Press("enter").See("1 device to start: 1 found", "▸ m-2", "pump-7")
}

func TestADeviceWithACertificate(t *testing.T) {
	devices := fourDevices()
	id := "pump-7"
	i := slices.IndexFunc(devices, func(d hub.Device) bool { return d.DeviceID == id })
	devices[i].Auth = hub.Authentication{Type: hub.AuthSelfSigned}
	s := start(t, DarkTheme, usual, devices...)
	s.See("4 of 4").Press("/").Type(id).Press("enter").See("▸ "+id).Press("s").See("Certificate of "+id, "proves itself by X.509").NotSee("✗")
	s.Type("/no/such.pem").NotSee("✗").Press("enter").See("✗ there is no file /no/such.pem")
	s.Press("ctrl+u").Type(certificateFile(t)).Press("enter").See(id + " started").NotSee("Certificate of")
}

// certificateFile holds a certificate and its key.
func certificateFile(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	name := filepath.Join(t.TempDir(), "device.pem")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestMarkedDevices(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	s.See("4 of 4").Press("g", "space").See("• old-gateway marked", "▸ pump-7").Press("space").See("• 2 marked", "start 2")
	s.Press("k", "k", "space").See("• pump-7 marked").Press("esc").NotSee("marked")
	s.Press("g", "j", "space").Press("s").See("Start many devices", "1 marked device", "pump-7").Press("enter")
	s.See("1 device to start: 1 found", "Simulator  1 running", "pump-7")
}

func TestNoDeviceToStart(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	s.See("4 of 4").Press("2").Press("n").See("Start many devices").Press("ctrl+u").Type("x-{1..3}").Press("tab", "right", "enter")
	s.See("✗ no device was found", "choose \"create them\"").Press("esc").See("No simulated devices yet")
}

func TestTheWorstFirst(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	simulated(s.fleet)
	s.See("4 of 4").Press("2").See("pump-7", "wind-1", "worst first").Press("o").See("▸ wind-2").NotSee("pump-7")
	s.Press("o").See("pump-7", "wind-1")
}

func TestFaultsOfADevice(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	simulated(s.fleet)
	s.See("4 of 4").Press("2").See("2 running").Press("j").See("▸ wind-1")
	s.Press("F").See("Faults of wind-1", "lose the network", "there are none").Press("w")
	s.See("wind-1: wrong clock", "● sending ⚡", "⚡ skew")
	s.Press("F").See("clear  ", "skew").Press("o").See("Fault of wind-1", "disconnect", "1 of 8")
	s.Press("right").See("skip", "2 of 8").Press("tab").Press("ctrl+u").Type("often").See("✗ write once, 5 %, or every 2 min")
	s.Press("ctrl+u").Type("5 %").Press("enter").See("wind-1: skip 5 %", "⚡ skew   ⚡ skip").NotSee("Fault of")
	s.Press("F").See("Faults of wind-1").Press("c").See("wind-1: no faults any more").NotSee("⚡")
	s.Press("F").See("Faults of wind-1").Press("a").See("Faults of all simulated devices").Press("x")
	s.See("all simulated devices: lose the network", "⚡ disconnect")
}

func TestPanesAndTheEventPane(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	s.See("4 of 4", "docked true   focused false").Press("tab", "tab").See("focused true").Press("space").See("keys space")
	s.Press("tab").See("focused false").Press("m").NotSee("Events").Press("m").See("docked true")
	s.Press("j", "j", "f").See("Events  wind-1").Press("f").See("Events  all devices").Press("f").See("Events  wind-1")
	s.Press("3").See("docked false   focused true").Press("1").See("docked true   focused false", "▸ wind-1")
}

func TestPaletteRunsCommands(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	s.See("4 of 4").Press(":").See("Command").Type("jour").Press("enter").See("Journal").NotSee("Command")
	s.Press("esc").NotSee("Journal").Press(":").Type("zzz").See("no such command").Press("esc").NotSee("Command")
	s.Press(":").Type("theme mono").Press("enter")
	s.Wait("no colour", func(string) bool { return !strings.Contains(s.Frame(), "38;2;") })
	s.Press(":").Type("quit").Press("enter")
	if err := s.Ended(); err != nil {
		t.Error(err)
	}
}

// TestEventsOnly: with an Event Hubs-compatible connection string there are no
// devices to show, and nothing of the screen may want them.
func TestEventsOnly(t *testing.T) {
	c := &clock{now: fixedNow}
	f := newFleet(newRegistry(c))
	services := services(nil, f)
	services.Registry, services.Target = nil, hub.Target{EventHub: &connstr.EventHub{Host: "ns.servicebus.windows.net"}}
	app := compose(t.Context(), services, Options{Theme: DarkTheme, Now: c.Now})
	d := uitest.Start(t, &guarded{app: app}, usual.Width, usual.Height)
	d.See("events only", "ns.servicebus").Press("1").See("reads events only", "IoT Hub").NotSee("n new")
	d.Press("n", "s", "d", "K", "y", "r", "o", "enter", "f", "G", "/", "S").Press("2").See("No simulated devices yet")
	d.Press("q")
	if err := d.Ended(); err != nil {
		t.Error(err)
	}
}

func TestMouse(t *testing.T) {
	s := start(t, DarkTheme, usual, manyDevices(60)...)
	s.See("▸ pump-001").Send(uitest.Click(5, 7)).See("▸ pump-004")
	s.Send(uitest.Wheel(5, 7, true)).See("pump-019").Send(uitest.Click(25, 3)).See("STATUS ▲")
	tab := strings.Index(strings.Split(s.Text(), "\n")[0], "2 Simulator")
	s.Send(uitest.Click(len([]rune(strings.Split(s.Text(), "\n")[0][:tab])), 0)).See("No simulated devices yet")
	s.Send(uitest.Click(5, 30)).See("focused true")
}

func TestResizeKeepsTheCursor(t *testing.T) {
	s := start(t, DarkTheme, usual, manyDevices(90)...)
	s.See("▸ pump-001").Press("G").See("▸ pump-090")
	for _, size := range []uitest.Size{{Width: 80, Height: 24}, {Width: 250, Height: 70}, {Width: 81, Height: 25}, {Width: 99, Height: 40}, {Width: 100, Height: 24}} {
		s.Resize(size.Width, size.Height).See("▸ pump-090")
		s.Wait("a frame of the new size", func(text string) bool {
			lines := strings.Split(text, "\n")
			return len(lines) == size.Height && len([]rune(lines[1])) == size.Width
		})
		uitest.CheckSize(t, s.Frame(), size)
	}
}

func TestNarrowScreenOpensTheDevice(t *testing.T) {
	s := start(t, DarkTheme, uitest.Size{Width: 80, Height: 24}, fourDevices()...)
	s.See("4 of 4").NotSee("Primary key").Press("enter").See("Primary key", "old-gateway")
	s.Press("esc").NotSee("Primary key").Press("K").See(primaryKey)
}

func TestReportsOfOutsideTextAreHarmless(t *testing.T) {
	s := start(t, DarkTheme, usual)
	s.See("No devices yet").Send(page.Report{Severity: page.Failure, Text: "evil \x1b[2J\x07 name", Next: "\x1b]52;c;QUJD\x07"})
	s.See("evil")
	if frame := s.Frame(); strings.Contains(frame, "\x1b[2J") || strings.Contains(frame, "\x1b]52") || strings.Contains(frame, "\x07") {
		t.Error("an escape sequence from outside is on the screen")
	}
}

func TestLateAnswersAreDropped(t *testing.T) {
	s := startFragile(t)
	s.See("4 of 4")
	for _, late := range []page.Envelope{
		{To: fragileID, Generation: 4, Msg: boom{}},
		{To: fragileID + 1, Generation: 5, Msg: boom{}},
		{To: 0, Msg: boom{}},
	} {
		s.Send(late)
	}
	// It would have ended here.
	s.Press("j").See("▸ pump-7")
	s.Send(page.Envelope{To: fragileID, Generation: 5, Msg: boom{}})
	if err := s.Ended(); err != nil || s.guarded.fault == nil {
		t.Errorf("an answer in time did not reach its page: %v", err)
	}
}

// TestPanics: whatever panics, the program ends in order and says so.
func TestPanics(t *testing.T) {
	for name, send := range map[string]tea.Msg{
		"update":  boom{},
		"command": boomCommand{},
		"batch":   boomBatch{},
		"view":    boomView{},
	} {
		t.Run(name, func(t *testing.T) {
			s := startFragile(t)
			s.See("4 of 4").Press("2").See("No simulated devices yet").Send(page.Envelope{To: fragileID, Msg: send})
			if name == "view" {
				<-s.quit
				s.Send(tea.QuitMsg{})
			}
			if err := s.Ended(); err != nil {
				t.Error(err)
			}
			fault := s.guarded.fault
			if fault == nil || fmt.Sprint(fault.Value) != "boom" || len(fault.Stack) == 0 {
				t.Fatalf("the fault is %+v", fault)
			}
			if got := fault.Error(); !strings.Contains(got, "boom") || strings.Contains(got, "goroutine") {
				t.Errorf("the sentence is %q", got)
			}
		})
	}
}

func startFragile(t *testing.T) *stage {
	t.Helper()
	c := &clock{now: fixedNow}
	s := &stage{clock: c, registry: newRegistry(c, fourDevices()...)}
	s.fleet = newFleet(s.registry)
	s.prepare = func(a *App) {
		a.route.tabs[page.Simulator] = &fragile{Page: a.route.tabs[page.Simulator], generation: 5}
	}
	s.open(t, DarkTheme, usual)
	return s
}

type (
	boom        struct{}
	boomCommand struct{}
	boomBatch   struct{}
	boomView    struct{}
)

const fragileID page.ID = 1000

// fragile is a page that breaks when told to.
type fragile struct {
	page.Page
	generation uint64
	broken     bool
}

func (f *fragile) Address() (page.ID, uint64) { return fragileID, f.generation }

func (f *fragile) View() string {
	if f.broken {
		panic("boom")
	}
	return f.Page.View()
}

func (f *fragile) Update(msg tea.Msg) tea.Cmd {
	explode := func() tea.Msg { panic("boom") }
	switch msg.(type) {
	case boom:
		panic("boom")
	case boomCommand:
		return explode
	case boomBatch:
		return tea.Batch(explode, tea.Batch(explode, nil), func() tea.Msg { return nil })
	case boomView:
		f.broken = true
	}
	return nil
}

func TestAClockThatIsSlow(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	simulated(s.fleet)
	s.See("4 of 4").Press("2").See("2 running").Press("j").See("▸ wind-1").Press("F", "o").See("Fault of wind-1", "1 of 8")
	s.Press("right", "right", "right", "right", "right").See("skew", "6 of 8", "Ahead by", "1 h").Press("tab", "tab").See("-2 h for a clock that is slow")
	s.Press("ctrl+u").Type("-soon").See("✗ not an interval").Press("ctrl+u").Type("-2 h").NotSee("✗").Press("enter").See("wind-1: skew once", "⚡ skew")
	if st, _ := s.fleet.One("wind-1"); len(st.Faults) != 1 || st.Faults[0].Amount != -2*time.Hour {
		t.Errorf("%+v", st.Faults)
	}
	s.Press("F", "o").See("Fault of wind-1").Press("right", "right", "right").See("delay", "By").Press("tab", "tab", "ctrl+u").Type("-2 s").See("✗")
}
