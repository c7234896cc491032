// Package simulate is the Simulator tab: the simulated devices of this program,
// their counts, and what the one under the cursor sends and receives.
package simulate

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/device/sim"
	"hubscope/device/sim/profile"
	"hubscope/hub/connstr"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// Fleet is what the page needs of the simulated devices. All but StopAll and Restart
// are snapshots and do not block.
type Fleet interface {
	// IDs are those of all devices, in order; the slice is another one when they have changed.
	IDs() []string
	One(deviceID string) (sim.Status, bool)
	States() sim.States
	// Summary and Worst take milliseconds when there are thousands of devices.
	Summary() sim.Summary
	Worst(n int) []sim.Ailing
	// Log is what a device did, oldest first.
	Log(deviceID string) []sim.Entry
	SetInterval(deviceID string, every time.Duration) error
	SetRate(perSecond float64)
	StartMany(ctx context.Context, list []connstr.Device, o sim.StartOptions) ([]sim.Refusal, error)
	// Forget takes one that has ended off the list.
	Forget(deviceID string) error
	// Settings are those of a device, Usual those of devices that start without any; Use changes the latter.
	Settings(deviceID string) (sim.Settings, error)
	Usual() sim.Settings
	Use(s sim.Settings)
	Restart(ctx context.Context, deviceID string, s sim.Settings) error
	StopAll(ctx context.Context) error
	// Inject and Clear give and take the faults of a device; of all devices when the id is empty.
	Inject(deviceID string, fault sim.Fault) error
	Clear(deviceID string, kind sim.FaultKind) error
}

// Options of the page.
type Options struct {
	Fleet Fleet
	// Registry finds and creates the identities of many devices; nil when it cannot be reached.
	Registry Registry
	Service  connstr.Service
	// Profiles reads what devices can be like, at least one. It may block.
	Profiles func() []*profile.Profile
}

// Page is the Simulator tab.
type Page struct {
	page.Mailbox
	ctx   *page.Context
	o     Options
	fleet Fleet

	rows    *rows
	states  sim.States
	summary sim.Summary
	summing bool // it is being read
	table   *widget.Table
	log     []sim.Entry
	back    int // how many log lines the view is scrolled up; 0 follows
	pane    pane

	width, height int
	focused       bool
	visible       bool
	ticking       bool
	sheet         *widget.Sheet
	many          string // the devices of the last start of many
	cancelLaunch  context.CancelFunc
}

type pane int

const (
	listPane pane = iota
	logPane
)

// tickEvery is how often the snapshots are read while the page can be seen.
const tickEvery = 250 * time.Millisecond

// callLimit bounds the stopping of devices: each waits for what it has in flight.
const callLimit = 30 * time.Second

// few is up to how many devices are summed up at once and not beside the screen.
const few = 200

// mostAiling is how many devices the list of those that do not do well shows.
const mostAiling = 1000

type (
	tickMsg   struct{}
	summedMsg struct {
		summary sim.Summary
		worst   []sim.Ailing
	}
	stoppedMsg struct {
		n   int
		err error
	}
	intervalMsg struct {
		id    string
		every time.Duration
		err   error
	}
)

// New returns the page.
func New(ctx *page.Context, o Options) *Page {
	p := &Page{Mailbox: ctx.NewMailbox(), ctx: ctx, o: o, fleet: o.Fleet, focused: true, many: "sim-{001..100}"}
	p.rows = newRows(ctx, o.Fleet)
	p.table = widget.NewTable(p.rows, columns...)
	return p
}

// Init implements page.Page.
func (p *Page) Init() tea.Cmd { return nil }

// Title implements page.Page.
func (p *Page) Title() string { return "Simulator" }

// SelectedDevice implements page.Selector.
func (p *Page) SelectedDevice() string { return p.table.Key() }

// SetFocused implements page.Focuser.
func (p *Page) SetFocused(focused bool) { p.focused = focused }

// SetVisible starts and ends the reading of snapshots.
func (p *Page) SetVisible(visible bool) tea.Cmd {
	p.visible = visible
	if !visible {
		return nil
	}
	p.snapshot()
	if p.ticking {
		return nil
	}
	p.ticking = true
	return tea.Batch(p.tick(), p.sumUp())
}

// Update implements page.Page.
func (p *Page) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.onKey(msg)
	case tea.MouseClickMsg:
		p.onClick(msg)
	case tea.MouseWheelMsg:
		p.onWheel(msg)
	case tickMsg:
		return p.onTick()
	case summedMsg:
		p.onSummed(msg)
	case stoppedMsg:
		return p.onStopped(msg)
	case intervalMsg:
		return p.onInterval(msg)
	case behaviourMsg:
		return p.openBehaviour(msg)
	case manyMsg:
		return p.openMany(msg)
	case progressMsg:
		return p.onProgress(msg)
	case foundMsg:
		return p.onFound(msg)
	case launchedMsg:
		return p.onLaunched(msg)
	case page.StartMany:
		return p.askThese(msg.DeviceIDs)
	case page.UseProfile:
		return p.findProfile(msg)
	case profileMsg:
		return p.onProfile(msg)
	case injectedMsg:
		return p.onInjected(msg)
	case allTroublesMsg:
		return p.openTroubles("")
	case askTroubleMsg:
		return p.openTroubleForm(msg.id)
	case page.DevicesChanged:
		p.snapshot()
		return p.sumUp()
	}
	return nil
}

func (p *Page) onKey(msg tea.KeyPressMsg) tea.Cmd {
	k := p.ctx.Keys
	id := p.table.Key()
	switch {
	case key.Matches(msg, k.StopAll):
		return p.stopAll()
	case key.Matches(msg, k.New):
		return p.askMany()
	case key.Matches(msg, k.Sort):
		return p.showWorst(!p.rows.ailing)
	case key.Matches(msg, k.Profiles):
		st, _ := p.fleet.One(id)
		return func() tea.Msg { return page.ShowProfiles{DeviceID: id, Seed: st.Seed} }
	case id == "":
		return nil
	case key.Matches(msg, k.StartStop):
		return func() tea.Msg { return page.ToggleSimulated{DeviceID: id} }
	case key.Matches(msg, k.Open):
		return func() tea.Msg { return page.SelectDevice{DeviceID: id} }
	case key.Matches(msg, k.Troubles):
		return p.openTroubles(id)
	case key.Matches(msg, k.Follow):
		return func() tea.Msg { return page.FollowDevice{DeviceID: id} }
	case key.Matches(msg, k.Edit):
		return p.askBehaviour(id)
	case key.Matches(msg, k.Delete):
		return p.forget(id)
	case key.Matches(msg, k.Faster):
		return p.step(-1)
	case key.Matches(msg, k.Slower):
		return p.step(1)
	case p.pane == logPane:
		p.onLogKey(msg)
	case p.table.Update(msg, k):
		p.back = 0
		p.readLog()
	}
	return nil
}

// NextPane implements page.Paned.
func (p *Page) NextPane(forward bool) bool {
	if forward != (p.pane == listPane) || p.table.Key() == "" {
		return false
	}
	p.pane = logPane - p.pane
	return true
}

// EnterPanes implements page.Paned.
func (p *Page) EnterPanes(forward bool) {
	p.pane = listPane
	if !forward && p.table.Key() != "" {
		p.pane = logPane
	}
}
