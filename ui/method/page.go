package method

import (
	"context"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
)

// Invoker calls direct methods. Calls end with their context.
type Invoker interface {
	InvokeModuleMethod(ctx context.Context, deviceID, moduleID string, m hub.MethodCall) (hub.MethodResult, error)
}

// Options of the pages of this package.
type Options struct {
	Hub    Invoker
	Memory *Memory
	// Known are the methods that a simulated device has; Running tells whether there is one that runs. Nil: there
	// are none. They must not block.
	Known   func(deviceID string) []string
	Running func(deviceID string) bool
	// Getenv is os.Getenv when nil.
	Getenv func(string) string
}

func (o Options) withDefaults() Options {
	if o.Memory == nil {
		o.Memory = NewMemory("")
	}
	if o.Known == nil {
		o.Known = func(string) []string { return nil }
	}
	if o.Running == nil {
		o.Running = func(string) bool { return true }
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	return o
}

// Page is the section Methods of a device or module.
type Page struct {
	page.Mailbox
	ctx *page.Context
	o   Options

	width, height    int
	focused, visible bool

	device hub.Device
	desks  desks
	desk   *desk // nil: there is no device
	typing bool
	opened bool // the answer has all the room
	answer answerView
	serial int
	tick   ticker
}

// New returns the section with no device in it.
func New(ctx *page.Context, o Options) *Page {
	p := &Page{Mailbox: ctx.NewMailbox(), ctx: ctx, o: o.withDefaults()}
	p.answer.ctx = ctx
	p.answer.sharpen()
	return p
}

// Init reads the favourites, of which names are completed.
func (p *Page) Init() tea.Cmd { return p.readFavourites(false) }

// Title implements page.Page.
func (p *Page) Title() string { return "Methods" }

// SetFocused implements page.Focuser.
func (p *Page) SetFocused(focused bool) { p.focused = focused }

// SetSize implements page.Page.
func (p *Page) SetSize(width, height int) {
	p.width, p.height = width, height
	p.layout()
}

// Show shows the desk of a device or module, as it was left.
func (p *Page) Show(d hub.Device, moduleID string) tea.Cmd {
	p.device = d
	t := target{d.DeviceID, moduleID}
	if p.desk != nil && p.desk.target == t {
		return nil
	}
	p.leave()
	p.desk = p.desks.get(t, func() *desk { return p.newDesk(t) })
	p.layout()
	return p.tickOn()
}

// newDesk begins with the last call of any device, ready to be sent or changed.
func (p *Page) newDesk(t target) *desk {
	d := newDesk(p.ctx, t, func() []string {
		if t.module != "" {
			return p.o.Memory.names(nil)
		}
		return p.o.Memory.names(p.o.Known(t.device))
	})
	d.form.take(p.o.Memory.last)
	return d
}

// Forget takes the device away. What was typed stays, and calls go on.
func (p *Page) Forget() {
	p.leave()
	p.device, p.desk = hub.Device{}, nil
}

// leave ends typing and reading.
func (p *Page) leave() {
	p.typing, p.opened = false, false
	p.answer.top = 0
	if p.desk != nil {
		p.desk.form.blur()
	}
}

// SetVisible implements page.Watcher: how long a call has been waiting is only drawn where it can be seen.
func (p *Page) SetVisible(visible bool) tea.Cmd {
	p.visible = visible
	return p.tickOn()
}

// tickEvery is how often the time of waiting is drawn anew.
const tickEvery = 200 * time.Millisecond

// ticker draws the time of waiting anew.
type ticker struct{ on bool }

type tickMsg struct{}

func (p *Page) tickOn() tea.Cmd {
	if p.tick.on || !p.visible || p.desk == nil || p.desk.running == nil {
		return nil
	}
	p.tick.on = true
	return p.Act(tea.Tick(tickEvery, func(time.Time) tea.Msg { return tickMsg{} }))
}

// Update implements page.Page.
func (p *Page) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		cmd, _ := p.Press(msg)
		return cmd
	case tea.PasteMsg:
		return p.onPaste(msg)
	case tea.MouseClickMsg:
		p.onClick(msg)
	case tea.MouseWheelMsg:
		p.onWheel(msg)
	case answeredMsg:
		return p.onAnswered(msg)
	case tickMsg:
		p.tick.on = false
		return p.tickOn()
	case favouritesMsg:
		return p.o.Memory.onFavourites(msg)
	case takeMsg:
		return p.onTake(msg)
	case draftMsg:
		return p.onDraft(msg)
	case writtenMsg:
		return p.onWritten(msg)
	case page.ThemeMsg:
		p.onTheme()
	}
	return nil
}

func (p *Page) onTheme() {
	p.answer.sharpen()
	for _, d := range p.desks.all {
		d.form.sharpen()
	}
}

// CapturesText implements page.TextCapturer.
func (p *Page) CapturesText() bool { return p.typing }

// denied reports why methods cannot be called; nil when they can.
func (p *Page) denied() tea.Cmd { return failure.Denied(p.ctx, page.Invoke, notCalled) }

const notCalled = "no method is called"
