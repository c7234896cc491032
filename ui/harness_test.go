package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/device/sim"
	"hubscope/hub"
	"hubscope/ui/method"
	"hubscope/ui/page"
	"hubscope/ui/profiles"
	"hubscope/ui/uitest"
	"hubscope/ui/widget"
)

// stage is an App with everything around it faked, driven like a program.
type stage struct {
	*uitest.Driver
	clock    *clock
	registry *registry
	fleet    *fleet
	guarded  *guarded
	faults   *faultStore // nil: not a local hub
	profiles profiles.Options
	kept     string        // the file of queries; "": none
	prepare  func(*App)    // before the program starts
	quit     chan struct{} // closed when the guard wants the program to end from outside
}

// start puts an App up in a terminal of this size.
func start(t *testing.T, theme ThemeChoice, size uitest.Size, devices ...hub.Device) *stage {
	t.Helper()
	c := &clock{now: fixedNow}
	s := &stage{clock: c, registry: newRegistry(c, devices...)}
	s.fleet = newFleet(s.registry)
	s.open(t, theme, size)
	return s
}

func (s *stage) open(t *testing.T, theme ThemeChoice, size uitest.Size) {
	t.Helper()
	ctx := page.NewContext(t.Context(), theme.mode())
	ctx.Hub, ctx.Local, ctx.Now, ctx.Location = "localhost:8443", true, s.clock.Now, fixedZone
	calls := s.calls()
	app := newApp(ctx, parts{
		tabs: []page.Page{
			page.Devices:   newDevices(ctx, s.services(), calls),
			page.Simulator: newSimulator(ctx, services(s.registry, s.fleet)),
			page.Monitor:   &plainEvents{ctx: ctx},
		},
		running:  func() int { return running(s.fleet) },
		theme:    theme,
		about:    about("1.2.3", ctx),
		faults:   s.faultsOrNil(),
		profiles: s.profiles,
		calls:    calls,
	})
	if s.prepare != nil {
		s.prepare(app)
	}
	s.quit = make(chan struct{})
	s.guarded = &guarded{app: app, quit: func() { close(s.quit) }}
	s.Driver = uitest.Start(t, s.guarded, size.Width, size.Height)
}

func (s *stage) services() Services {
	all := services(s.registry, s.fleet)
	all.Queries = s.kept
	return all
}

// calls are the options of direct methods.
func (s *stage) calls() method.Options { return methodOptions(services(s.registry, s.fleet)) }

// later lets time pass, after what was sent before has been handled: the program
// takes the empty message only then.
func (s *stage) later(d time.Duration) *stage {
	s.Send(tea.FocusMsg{})
	s.clock.advance(d)
	return s
}

// plainEvents stands for the event page: what the root does with it is tested
// here, what it shows is tested with it.
type plainEvents struct {
	ctx           *page.Context
	width, height int
	docked        bool
	focused       bool
	device        string
	pressed       []string
}

func (p *plainEvents) Init() tea.Cmd {
	return func() tea.Msg { return page.EventRate{PerSecond: 128} }
}
func (p *plainEvents) SetSize(w, h int)          { p.width, p.height = w, h }
func (p *plainEvents) SetDocked(docked bool)     { p.docked = docked }
func (p *plainEvents) SetFocused(focused bool)   { p.focused = focused }
func (p *plainEvents) Title() string             { return "Monitor" }
func (p *plainEvents) ShortHelp() []key.Binding  { return []key.Binding{p.ctx.Keys.Pause} }
func (p *plainEvents) FullHelp() [][]key.Binding { return [][]key.Binding{{p.ctx.Keys.Pause}} }
func (p *plainEvents) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case page.FollowDevice:
		p.device = msg.DeviceID
	case tea.KeyPressMsg:
		p.pressed = append(p.pressed, msg.String())
	}
	return nil
}

func (p *plainEvents) View() string {
	s := p.ctx.Styles
	who := "all devices"
	if p.device != "" {
		who = p.device
	}
	lines := []string{fmt.Sprintf(" %s  %s   docked %v   focused %v   keys %s", s.Title.Render("Events"), who, p.docked, p.focused, strings.Join(p.pressed, " "))}
	return widget.Box(lines, p.width, p.height)
}

// simulated gives the fleet devices in every state, with figures and a log.
func simulated(f *fleet) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := fixedNow.Add(-time.Second)
	entry := func(ms int, d sim.Direction, text, outcome string, err error) sim.Entry {
		return sim.Entry{Time: at.Add(time.Duration(ms) * time.Millisecond), Direction: d, Text: text, Outcome: outcome, Err: err}
	}
	f.devices = map[string]*sim.Status{
		"wind-1": {
			DeviceID: "wind-1", Profile: "wind", State: sim.Sending, Interval: time.Second, Accepted: 1602, Confirmed: 1602,
			RTTp50: 3 * time.Millisecond, RTTp99: 11 * time.Millisecond, LastBody: []byte(`{"deviceId":"wind-1","windSpeed":13.41}`),
		},
		"wind-2": {
			DeviceID: "wind-2", Profile: "wind", State: sim.Retrying, Interval: 500 * time.Millisecond, Accepted: 31, Confirmed: 29, Failed: 2,
			RTTp50: 600 * time.Microsecond, RTTp99: 12 * time.Millisecond, RetryIn: 4 * time.Second, Attempt: 3,
			Err: fmt.Errorf("the connection was lost"), LastBody: []byte(`{"deviceId":"wind-2","windSpeed":12.08}`),
		},
		"pump-7": {DeviceID: "pump-7", Profile: "wind", State: sim.Stopped, Interval: 30 * time.Second},
	}
	f.logs["pump-7"] = nil
	f.logs["wind-1"] = []sim.Entry{
		entry(0, sim.Connected, "connecting to localhost:8883 (attempt 1)", "connected in 12 ms", nil),
		entry(110, sim.Sent, "message_1601 correlation_1601 Property=PropMsg_1601 (text, 40 bytes)", "acked in 3 ms", nil),
		entry(502, sim.Received, `method reboot {"delay":5}`, "answered 200 in 1 ms", nil),
		entry(871, sim.Connected, "connection lost (EOF), next try in 0.8 s (attempt 1)", "", nil),
		entry(990, sim.Sent, "message_1602 correlation_1602 Property=PropMsg_1602 (bytes, 40 bytes)", "not confirmed in time", fmt.Errorf("timeout")),
	}
}
