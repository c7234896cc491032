package method

import (
	"context"
	"os"
	"time"

	"charm.land/bubbles/v2/key"
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

func (p *Page) onPaste(msg tea.PasteMsg) tea.Cmd {
	if !p.typing {
		return nil
	}
	return p.typed(msg)
}

// typed gives the form a key or what was pasted.
func (p *Page) typed(msg tea.Msg) tea.Cmd {
	p.desk.touched = true
	cmd := p.desk.form.update(msg)
	p.layout()
	return cmd
}

// Press implements detail.Section.
func (p *Page) Press(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	if p.desk == nil {
		return nil, false
	}
	if p.typing {
		return p.typeKey(msg), true
	}
	k := p.ctx.Keys
	switch {
	case key.Matches(msg, sendKey):
		return p.send(), true
	case key.Matches(msg, k.Back) && p.desk.running != nil:
		p.desk.running.cancel()
		return nil, true
	case key.Matches(msg, k.Back) && p.opened:
		p.open(false)
		return nil, true
	case key.Matches(msg, k.Edit):
		return p.write(), true
	case key.Matches(msg, k.Reload):
		return p.again(), true
	case key.Matches(msg, favouritesKey):
		return p.readFavourites(true), true
	case key.Matches(msg, k.EditOutside):
		return p.editOutside(), true
	case key.Matches(msg, k.Copy):
		return p.openCopyMenu(), true
	case key.Matches(msg, k.Open):
		return p.enter(), true
	}
	return nil, p.move(msg)
}

// enter shows the call under the cursor in full; where there is none yet it begins one.
func (p *Page) enter() tea.Cmd {
	if p.desk.shown() == nil {
		return p.write()
	}
	p.open(!p.opened)
	return nil
}

func (p *Page) open(opened bool) {
	p.opened, p.answer.top = opened, 0
	p.layout()
}

// move goes through the calls, or through the answer when that has all the room.
func (p *Page) move(msg tea.KeyPressMsg) bool {
	k := p.ctx.Keys
	if !p.opened && key.Matches(msg, k.Up, k.Down, k.Top, k.Bottom) {
		p.desk.table.Update(msg, k)
		p.answer.top = 0
		p.layout()
		return true
	}
	return p.answer.move(msg, k)
}

// typeKey is a key while the form is typed into.
func (p *Page) typeKey(msg tea.KeyPressMsg) tea.Cmd {
	f := p.desk.form
	switch {
	case key.Matches(msg, p.ctx.Keys.Back):
		p.stopTyping()
		return nil
	case key.Matches(msg, sendKey):
		return p.send()
	case key.Matches(msg, p.ctx.Keys.Confirm) && f.at != payloadPart:
		return p.send()
	case key.Matches(msg, mistakeKey):
		f.toMistake()
		return nil
	case key.Matches(msg, takeKey):
		return p.readFavourites(true)
	}
	return p.typed(msg)
}

func (p *Page) stopTyping() {
	p.typing = false
	p.desk.form.blur()
	p.layout()
}

// write lets the form be typed into, where it was left.
func (p *Page) write() tea.Cmd {
	if cmd := p.denied(); cmd != nil {
		return cmd
	}
	p.typing, p.opened = true, false
	p.desk.form.focus(p.desk.form.at)
	p.layout()
	return nil
}

// denied reports why methods cannot be called; nil when they can.
func (p *Page) denied() tea.Cmd { return failure.Denied(p.ctx, page.Invoke, notCalled) }

const notCalled = "no method is called"
