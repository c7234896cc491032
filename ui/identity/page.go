// Package identity shows one device identity: status, connection, keys and
// connection string. Keys stay masked until they are asked for.
package identity

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/device/sim"
	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/ui/failure"
	"hubscope/ui/page"
)

// Store reads identities with their keys.
type Store interface {
	Device(ctx context.Context, id string) (hub.Device, error)
}

// Options of the page.
type Options struct {
	Store   Store
	Service connstr.Service
	// Simulated tells how the simulated device of an identity stands; nil: there
	// are none. It must not block.
	Simulated func(deviceID string) (sim.Status, bool)
	// HideAfter is when shown keys are masked again, 1 min when 0.
	HideAfter time.Duration
}

// Page is the pane of one identity.
type Page struct {
	page.Mailbox
	ctx *page.Context
	o   Options

	width, height, top int
	focused            bool

	device hub.Device // what is shown
	whole  bool       // device has its keys
	err    error      // why it has not
	serial int        // of the device asked for
	shown  bool       // the keys
	reveal int        // serial of the timer that hides them
	then   func() tea.Cmd
}

type (
	settledMsg struct{ serial int }
	readMsg    struct {
		serial int
		device hub.Device
		err    error
	}
	hideMsg struct{ serial int }
)

// settle is how long the cursor rests on a device before its identity is read,
// so that moving through a list costs no calls.
const settle = 150 * time.Millisecond

const callLimit = 30 * time.Second

// New returns the pane with nothing in it.
func New(ctx *page.Context, o Options) *Page {
	if o.HideAfter == 0 {
		o.HideAfter = time.Minute
	}
	return &Page{Mailbox: ctx.NewMailbox(), ctx: ctx, o: o}
}

// Init does nothing: there is no device yet.
func (p *Page) Init() tea.Cmd { return nil }

// Title implements page.Page.
func (p *Page) Title() string { return "Identity" }

// SetFocused implements page.Focuser.
func (p *Page) SetFocused(focused bool) { p.focused = focused }

// SetSize implements page.Page.
func (p *Page) SetSize(width, height int) {
	p.width, p.height = width, height
	p.scroll(0)
}

// Show shows a device: at once what d says, soon the rest. The same device again
// only brings it up to date.
func (p *Page) Show(d hub.Device, _ string) tea.Cmd {
	if d.DeviceID == p.device.DeviceID {
		return p.update(d)
	}
	p.device, p.whole, p.err, p.shown, p.top, p.then = d, false, nil, false, 0, nil
	p.serial++
	serial := p.serial
	p.Renew()
	return p.Ask(tea.Tick(settle, func(time.Time) tea.Msg { return settledMsg{serial} }))
}

// update takes what changes often, and keeps what only the identity itself has.
// The rest is read anew when the device was changed or came or went.
func (p *Page) update(d hub.Device) tea.Cmd {
	old := p.device
	p.device = d
	if !p.whole {
		return nil
	}
	p.device.Auth.Primary, p.device.Auth.Secondary = old.Auth.Primary, old.Auth.Secondary
	p.device.GenerationID = old.GenerationID
	if d.ConnectionState == old.ConnectionState && d.ConnectionStateUpdated.IsZero() {
		p.device.ConnectionStateUpdated = old.ConnectionStateUpdated
	}
	if d.ConnectionState == old.ConnectionState && d.ETag == old.ETag {
		return nil
	}
	return p.read()
}

// Forget takes the device away.
func (p *Page) Forget() {
	p.Renew()
	p.serial++
	p.device, p.whole, p.err, p.shown, p.then = hub.Device{}, false, nil, false, nil
}

func (p *Page) read() tea.Cmd {
	store, ctx, id, serial := p.o.Store, p.Context(), p.device.DeviceID, p.serial
	return p.Ask(func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		d, err := store.Device(ctx, id)
		return readMsg{serial, d, err}
	})
}

// Update implements page.Page.
func (p *Page) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case settledMsg:
		if msg.serial == p.serial {
			return p.read()
		}
	case readMsg:
		return p.onRead(msg)
	case hideMsg:
		if msg.serial == p.reveal {
			p.shown = false
		}
	case tea.MouseWheelMsg:
		p.onWheel(msg)
	}
	return nil
}

func (p *Page) onRead(m readMsg) tea.Cmd {
	if m.serial != p.serial {
		return nil
	}
	asked := p.then != nil
	if m.err != nil {
		p.err, p.then = m.err, nil
		if asked {
			return failure.Tell("the keys of "+p.device.DeviceID+" could not be read", m.err)
		}
		return nil
	}
	p.device, p.whole, p.err = m.device, true, nil
	then := p.then
	p.then = nil
	if then == nil {
		return nil
	}
	return then()
}

// Press takes a key: the keys of the device, the copy menu, moving.
func (p *Page) Press(msg tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	k := p.ctx.Keys
	switch {
	case p.device.DeviceID == "":
		return nil, false
	case key.Matches(msg, k.ShowKeys):
		return p.withKeys(p.toggleKeys), true
	case key.Matches(msg, k.Copy):
		return p.withKeys(p.openCopyMenu), true
	case key.Matches(msg, k.Up):
		p.scroll(-1)
	case key.Matches(msg, k.Down):
		p.scroll(1)
	case key.Matches(msg, k.PageUp, k.HalfUp):
		p.scroll(-p.height)
	case key.Matches(msg, k.PageDown, k.HalfDown):
		p.scroll(p.height)
	default:
		return nil, false
	}
	return nil, true
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

// withKeys does something that needs the keys, once they are here.
func (p *Page) withKeys(do func() tea.Cmd) tea.Cmd {
	if p.whole {
		return do()
	}
	p.then = do
	return p.read()
}

func (p *Page) toggleKeys() tea.Cmd {
	p.shown = !p.shown
	p.reveal++
	if !p.shown {
		return nil
	}
	serial := p.reveal
	return p.Act(tea.Tick(p.o.HideAfter, func(time.Time) tea.Msg { return hideMsg{serial} }))
}

// ShortHelp implements help.KeyMap.
func (p *Page) ShortHelp() []key.Binding {
	return []key.Binding{p.ctx.Keys.ShowKeys, p.ctx.Keys.Copy}
}

// FullHelp implements help.KeyMap.
func (p *Page) FullHelp() [][]key.Binding { return [][]key.Binding{p.ShortHelp()} }
