// Package identity shows one device identity with every field that the registry has, and
// changes it: status, keys, thumbprints. Keys stay masked until they are asked for.
package identity

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/device/sim"
	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/secret"
	"hubscope/ui/credential"
	"hubscope/ui/page"
)

// Store reads and changes identities; an empty module id means the device itself. Every call ends with its context.
type Store interface {
	Device(ctx context.Context, id string) (hub.Device, error)
	UpdateDevice(ctx context.Context, d hub.Device) (hub.Device, error)
	ModuleTwin(ctx context.Context, deviceID, moduleID string) (hub.Twin, error)
}

// Options of the page.
type Options struct {
	Store   Store
	Service connstr.Service
	// Simulated tells how the simulated device of an identity stands; nil: there
	// are none. It must not block.
	Simulated func(deviceID string) (sim.Status, bool)
	// Rekey gives the simulated device of an identity another key; nil: there are none.
	Rekey func(deviceID string, key secret.Text) error
	// Revive starts the simulated device of an identity again, as it was; it may block. Nil: there are none.
	Revive func(ctx context.Context, deviceID string) error
	// MQTTAddr is the host:port where devices of the hub connect; "": port 8883 of its name.
	MQTTAddr string
	// CAFile is what programs must trust to reach the hub; "": what their system trusts.
	CAFile string
	// Refresh is how old what is shown may be while it can be seen, 5 s when 0.
	Refresh time.Duration
	// HideAfter is when shown keys are masked again, 1 min when 0.
	HideAfter time.Duration
}

// Page is the section of one identity.
type Page struct {
	page.Mailbox
	ctx *page.Context
	o   Options

	width, height, top int

	device hub.Device // what is shown
	row    hub.Device // what the list said last
	whole  bool       // device has its keys
	at     time.Time  // when device was read whole
	tried  time.Time  // when that was tried last
	busy   bool       // it is being read
	err    error      // why it could not be
	serial int        // of the device asked for
	then   func() tea.Cmd

	twin   hub.Twin
	twinOK bool
	twinNo error

	shown  bool // the keys
	reveal int  // serial of the timer that hides them

	doing  map[string]string      // changes that are under way, by device id
	failed *credential.NotChanged // nil: the last change was made
}

// settle is how long the cursor rests on a device before its identity is read,
// so that moving through a list costs no calls; callLimit bounds each call. lookLimit is
// for looking again after a change that failed: somebody waits to be told.
const (
	settle    = 150 * time.Millisecond
	callLimit = 15 * time.Second
	lookLimit = 3 * time.Second
)

// New returns the section with nothing in it.
func New(ctx *page.Context, o Options) *Page {
	if o.HideAfter == 0 {
		o.HideAfter = time.Minute
	}
	if o.Refresh == 0 {
		o.Refresh = 5 * time.Second
	}
	return &Page{Mailbox: ctx.NewMailbox(), ctx: ctx, o: o, doing: map[string]string{}}
}

// Init does nothing: there is no device yet.
func (p *Page) Init() tea.Cmd { return nil }

// Title implements page.Page.
func (p *Page) Title() string { return "Identity" }

// SetSize implements page.Page.
func (p *Page) SetSize(width, height int) {
	p.width, p.height = width, height
	p.scroll(0)
}

// SetVisible hides the keys when the section is left.
func (p *Page) SetVisible(visible bool) tea.Cmd {
	if !visible {
		p.hide()
	}
	return nil
}

// Update implements page.Page.
func (p *Page) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case settledMsg:
		return p.onSettled(msg)
	case readMsg:
		return p.onRead(msg)
	case twinMsg:
		p.onTwin(msg)
	case chosenMsg:
		return p.onChosen(msg)
	case changedMsg:
		return p.onChanged(msg)
	case hideMsg:
		if msg.serial == p.reveal {
			p.hide()
		}
	case tea.MouseWheelMsg:
		p.onWheel(msg)
	}
	return nil
}

func (p *Page) onWheel(msg tea.MouseWheelMsg) {
	switch msg.Button {
	case tea.MouseWheelUp:
		p.scroll(-2)
	case tea.MouseWheelDown:
		p.scroll(2)
	}
}

func (p *Page) scroll(n int) {
	over := len(p.lines()) - p.height
	p.top = max(0, min(p.top+n, over))
}
