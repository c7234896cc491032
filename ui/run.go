package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/device/sim/profile"
	"hubscope/hub"
	"hubscope/ui/c2d"
	"hubscope/ui/create"
	"hubscope/ui/detail"
	"hubscope/ui/devices"
	"hubscope/ui/faults"
	"hubscope/ui/identity"
	"hubscope/ui/method"
	"hubscope/ui/modules"
	"hubscope/ui/monitor"
	"hubscope/ui/page"
	"hubscope/ui/profiles"
	"hubscope/ui/safe"
	"hubscope/ui/simulate"
	"hubscope/ui/twin"
)

// Services are what the screen shows and works on. The caller owns and closes
// them, after Run has returned.
type Services struct {
	// Registry is nil when the hub is known by its Event Hubs-compatible endpoint
	// alone; the program then starts on the Monitor tab.
	Registry Registry
	Fleet    Fleet
	// Profiles reads what simulated devices can be like, at least one; it may block. Nil: what is built in.
	Profiles func() []*profile.Profile
	// Faults makes the local hub fail on demand; nil at any other hub.
	Faults faults.Store
	// ProfileDir is the folder of the user's device profiles; "": only those built in are shown.
	ProfileDir string
	// DataDir is the folder for what users make here: certificates of devices, results of many.
	DataDir string
	// Columns is the file of the columns of the list of devices; "": none are kept.
	Columns string
	// Queries is the file of queries of the Devices tab; "": none are kept.
	Queries string
	// Methods is the file of favourite direct methods; "": none are kept.
	Methods string
	// Messages sends cloud-to-device messages, and Feedback is what the hub tells of them. Both are set when Registry is.
	Messages c2d.Sender
	Feedback c2d.Feedback
	// Events makes the source of what the monitor reads. It must not block.
	Events func(monitor.Reading) (monitor.Source, error)
	// Monitor are the options of the monitor, but for Open.
	Monitor monitor.Options
	// Target is the hub, for its name, its label and the devices' connection
	// strings.
	Target hub.Target
	// Notes are told at the start: a port that was replaced, a hub that was joined.
	Notes []page.Report
	// News are told when they come. Nil: none do.
	News <-chan page.Report
}

// Registry is what the screens need of a hub's registry: *hub.Client has it.
type Registry interface {
	devices.Registry
	simulate.Registry
	create.Store
	modules.Store
	method.Invoker
	c2d.Registry
	twin.Store
	identity.Store
}

// Options of Run.
type Options struct {
	Theme   ThemeChoice // Auto when empty
	Version string      // shown in the help
	Start   page.Tab
	// ReadOnly takes away every action that changes something on the hub or at a device.
	ReadOnly bool
	// Debug gets a line for each message: its type and how long it took. No
	// content, so no key. Nil: none.
	Debug io.Writer
	// Input, Output and Environ are the terminal's when nil.
	Input   io.Reader
	Output  io.Writer
	Environ []string
	// Now and Location are fixed by tests.
	Now      func() time.Time
	Location *time.Location
}

// ErrNoTerminal is what a caller says when standard output is no terminal.
var ErrNoTerminal = errors.New("standard output is not a terminal: run it in one, or run the local hub without a screen by hubscope hub")

// Run shows the screen until the user quits or ctx ends. It restores the
// terminal before it returns, also after a panic, which it gives as *PanicError.
func Run(ctx context.Context, s Services, o Options) error {
	base, cancel := context.WithCancel(ctx)
	defer cancel()
	g := &guarded{app: compose(base, s, o), debug: o.Debug}
	defer g.app.close()
	program := tea.NewProgram(g, programOptions(ctx, o)...)
	g.quit = program.Quit
	go forward(base, s.News, program.Send)
	_, err := program.Run()
	switch {
	case g.fault != nil:
		return g.fault
	case err == nil, errors.Is(err, tea.ErrInterrupted), ctx.Err() != nil:
		return nil
	case errors.Is(err, tea.ErrProgramPanic):
		return &PanicError{Value: err}
	}
	return fmt.Errorf("run the screen: %w", err)
}

// forward tells the screen the news until ctx ends.
func forward(ctx context.Context, news <-chan page.Report, send func(tea.Msg)) {
	for {
		select {
		case r, open := <-news:
			if !open {
				return
			}
			send(r)
		case <-ctx.Done():
			return
		}
	}
}

func programOptions(ctx context.Context, o Options) []tea.ProgramOption {
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithFilter(calm())}
	if o.Input != nil {
		options = append(options, tea.WithInput(o.Input))
	}
	if o.Output != nil {
		options = append(options, tea.WithOutput(o.Output))
	}
	if o.Environ != nil {
		options = append(options, tea.WithEnvironment(o.Environ))
	}
	return options
}

// calm thins out floods from the mouse: motion means nothing here, and a wheel
// may turn a hundred times a second.
func calm() func(tea.Model, tea.Msg) tea.Msg {
	var last time.Time
	return func(_ tea.Model, msg tea.Msg) tea.Msg {
		switch msg.(type) {
		case tea.MouseMotionMsg, tea.MouseReleaseMsg:
			return nil
		case tea.MouseWheelMsg:
			now := time.Now()
			if now.Sub(last) < 15*time.Millisecond {
				return nil
			}
			last = now
		}
		return msg
	}
}

// compose makes the pages and the root model of them.
func compose(ctx context.Context, s Services, o Options) *App {
	if o.Theme == "" {
		o.Theme = Auto
	}
	c := page.NewContext(ctx, o.Theme.mode())
	c.Hub, c.Local = hubName(s.Target), s.Target.Local
	if len(s.Monitor.Recording) > 0 {
		c.Hub = "recording"
	}
	c.Rights = rightsOf(s.Target, o.ReadOnly)
	if o.Now != nil {
		c.Now = o.Now
	}
	if o.Location != nil {
		c.Location = o.Location
	}
	if s.Registry == nil && o.Start == page.Devices {
		o.Start = page.Monitor
	}
	calls := methodOptions(s)
	return newApp(c, parts{
		tabs: []page.Page{
			page.Devices:   newDevices(c, s, calls),
			page.Simulator: newSimulator(c, s),
			page.Monitor:   newMonitor(c, s),
		},
		running:  func() int { return running(s.Fleet) },
		notes:    s.Notes,
		theme:    o.Theme,
		start:    o.Start,
		about:    about(o.Version, c),
		events:   s.Registry == nil,
		faults:   s.Faults,
		profiles: profiles.Options{Dir: s.ProfileDir},
		calls:    calls,
	})
}

// azurePoll leaves room in the query quota of a hub: 20 a minute on the smallest
// tier that is paid for.
const azurePoll = 15 * time.Second

// azureTwinPoll is for the one twin on the screen: reads of twins are counted less strictly than queries.
const azureTwinPoll = 10 * time.Second

func newDevices(c *page.Context, s Services, calls method.Options) *devices.Page {
	o := devices.Options{Registry: s.Registry, Fleet: s.Fleet, Detail: newDetail(c, s, calls), Service: s.Target.Service, Choice: s.Columns}
	o.Queries = s.Queries
	o.Certificates = create.Certificates(s.DataDir)
	if s.Registry != nil {
		o.Create = create.New(c, create.Options{Store: s.Registry, Dir: s.DataDir})
	}
	if !s.Target.Local {
		o.Poll = azurePoll
	}
	return devices.New(c, o)
}

// newDetail makes the sections about one device, and those about one module.
func newDetail(c *page.Context, s Services, calls method.Options) *detail.Page {
	o := identity.Options{
		Store: s.Registry, Service: s.Target.Service, MQTTAddr: s.Target.MQTTAddr, CAFile: s.Target.CAFile,
		Simulated: s.Fleet.One, Rekey: s.Fleet.SetKey, Revive: reviveIn(s.Fleet),
	}
	if !s.Target.Local {
		o.Refresh = azurePoll
	}
	m := modules.Options{Store: s.Registry, Service: s.Target.Service, MQTTAddr: s.Target.MQTTAddr, CAFile: s.Target.CAFile}
	t := twin.Options{Store: s.Registry}
	if !s.Target.Local {
		t.Poll = azureTwinPoll
	}
	return detail.New(c,
		[]detail.Section{identity.New(c, o), twin.New(c, t), method.New(c, calls), c2d.New(c, messageOptions(s)), modules.NewList(c, m)},
		[]detail.Section{modules.NewOne(c, m), twin.New(c, t), method.New(c, calls)},
	)
}

func messageOptions(s Services) c2d.Options {
	o := c2d.Options{Sender: s.Messages, Registry: s.Registry, Feedback: s.Feedback}
	if !s.Target.Local {
		o.Poll = azurePoll
	}
	return o
}

// methodOptions are those of all pages that call direct methods: they share what they remember.
func methodOptions(s Services) method.Options {
	return method.Options{
		Hub: s.Registry, Memory: method.NewMemory(s.Methods),
		Known: func(id string) []string { return methodsOf(s.Fleet, id) },
		Running: func(id string) bool {
			st, ok := s.Fleet.One(id)
			return ok && st.State.Running()
		},
	}
}

// methodsOf are the methods that a simulated device has by its profile.
func methodsOf(f Fleet, id string) []string {
	settings, err := f.Settings(id)
	if err != nil || settings.Profile == nil {
		return nil
	}
	var names []string
	for _, m := range settings.Profile.Methods {
		names = append(names, m.Name)
	}
	return names
}

func newSimulator(c *page.Context, s Services) *simulate.Page {
	o := simulate.Options{Fleet: s.Fleet, Service: s.Target.Service, Profiles: s.Profiles}
	if s.Registry != nil {
		o.Registry = s.Registry
	}
	if o.Profiles == nil {
		o.Profiles = profile.Builtins
	}
	return simulate.New(c, o)
}

func newMonitor(c *page.Context, s Services) *monitor.Page {
	o := s.Monitor
	o.Open = s.Events
	return monitor.New(c, o)
}

func hubName(t hub.Target) string {
	if t.Service.HostName == "" && t.EventHub != nil {
		return t.EventHub.Host
	}
	return t.Service.HostName
}

func about(version string, c *page.Context) string {
	kind := "Azure IoT Hub"
	if c.Local {
		kind = "local hub"
	}
	text := "hubscope"
	if version != "" {
		text += " " + version
	}
	return text + ", " + kind + " " + safe.Line(c.Hub, 60)
}
