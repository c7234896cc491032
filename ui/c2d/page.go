package c2d

import (
	"context"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/c2d"
	"hubscope/ui/page"
)

// Sender sends messages: *c2d.Sender. Calls end with their context.
type Sender interface {
	Send(ctx context.Context, to c2d.To, m c2d.Message) (c2d.Receipt, error)
}

// Registry knows queues: *hub.Client has it.
type Registry interface {
	Device(ctx context.Context, id string) (hub.Device, error)
	PurgeC2D(ctx context.Context, deviceID string) (int, error)
}

// Options of the section.
type Options struct {
	Sender   Sender
	Registry Registry
	// Feedback is what the hub tells of messages; nil: it cannot be read.
	Feedback Feedback
	// Poll is how often the queue is counted while that can be seen: 2 s when 0.
	Poll time.Duration
	// Getenv is os.Getenv when nil.
	Getenv func(string) string
}

// Page is the section C2D of a device.
type Page struct {
	page.Mailbox
	ctx *page.Context
	o   Options

	width, height    int
	focused, visible bool

	device  hub.Device
	desks   desks
	desk    *desk // nil: there is no device
	typing  bool
	opened  bool // the details have all the room
	top     int  // the first line of the details that is seen
	serial  int
	queue   depth
	polling bool
	told    feedback
	details details
}

// New returns the section with no device in it.
func New(ctx *page.Context, o Options) *Page {
	if o.Poll <= 0 {
		o.Poll = 2 * time.Second
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	p := &Page{Mailbox: ctx.NewMailbox(), ctx: ctx, o: o, told: feedback{feed: newFeed()}}
	p.details.ctx = ctx
	p.details.sharpen()
	return p
}

// Init listens to feedback that others read.
func (p *Page) Init() tea.Cmd { return p.listen() }

// closeTime bounds how long the end waits for the reading of feedback to end.
const closeTime = 3 * time.Second

// Close implements page.Closer.
func (p *Page) Close() {
	p.Mailbox.Close()
	if p.told.stop != nil {
		p.told.stop()
	}
	if p.told.done == nil || p.told.cancel == nil {
		return
	}
	select {
	case <-p.told.done:
	case <-time.After(closeTime):
	}
}

// Title implements page.Page.
func (p *Page) Title() string { return "C2D" }

// SetFocused implements page.Focuser.
func (p *Page) SetFocused(focused bool) { p.focused = focused }

// SetSize implements page.Page.
func (p *Page) SetSize(width, height int) {
	p.width, p.height = width, height
	p.layout()
}

// SetVisible implements page.Watcher: the queue is counted where that can be seen.
func (p *Page) SetVisible(visible bool) tea.Cmd {
	p.visible = visible
	if !visible || p.desk == nil {
		return nil
	}
	return tea.Batch(p.readDepth(), p.poll())
}

// Show shows the desk of a device, as it was left.
func (p *Page) Show(d hub.Device, moduleID string) tea.Cmd {
	t := c2d.To{DeviceID: d.DeviceID, ModuleID: moduleID}
	p.device = d
	if p.desk != nil && p.desk.target == t {
		if !p.ctx.May(page.ReadRegistry) {
			p.queue.n, p.queue.at = d.C2DCount, p.ctx.Time()
		}
		return nil
	}
	p.leave()
	p.desk = p.desks.get(t, func() *desk { return newDesk(p.ctx, t) })
	p.layout()
	return p.restart(d)
}

// Forget takes the device away. What was typed stays, and what is being sent goes on.
func (p *Page) Forget() {
	p.leave()
	p.Renew()
	p.queue.serial++
	p.queue.asking = false
	p.device, p.desk = hub.Device{}, nil
}

// leave ends typing and reading.
func (p *Page) leave() {
	p.typing, p.opened, p.top = false, false, 0
	if p.desk != nil {
		p.desk.form.rest()
	}
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
		return p.onClick(msg)
	case tea.MouseWheelMsg:
		p.onWheel(msg)
	case page.ThemeMsg:
		p.onTheme()
	case sentMsg:
		return p.onSent(msg)
	case settledMsg:
		if msg.serial == p.queue.serial {
			return p.readDepth()
		}
	case depthMsg:
		return p.onDepth(msg)
	case pollMsg:
		return p.onPoll()
	case purgedMsg:
		return p.onPurged(msg)
	case lookedMsg:
		return p.onLooked(msg)
	case draftMsg:
		return p.onDraft(msg)
	case writtenMsg:
		return p.onWritten(msg)
	}
	return p.onTold(msg)
}

// onTold takes what is about feedback.
func (p *Page) onTold(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case feedbackMsg:
		return p.onFeedback(msg)
	case readEndedMsg:
		return p.onReadEnded(msg)
	case overdueMsg:
		return p.onOverdue()
	case allowMsg:
		p.told.allowed = true
		return p.follow()
	}
	return nil
}

func (p *Page) onTheme() {
	p.details.sharpen()
	for _, d := range p.desks.all {
		d.form.sharpen()
	}
}

func (p *Page) onLooked(m lookedMsg) tea.Cmd {
	d := p.desks.all[m.to]
	if d == nil {
		return nil
	}
	d.form.file.onLooked(m)
	if d.form.file.sendsNow() && d == p.desk && d.form.kind == fileBody {
		return p.sendForm()
	}
	return nil
}

// CapturesText implements page.TextCapturer.
func (p *Page) CapturesText() bool { return p.typing }

// Unsaved implements page.Unsaved: a message on its way is.
func (p *Page) Unsaved() string {
	for _, d := range p.desks.all {
		if d.running != nil {
			return "a message is still on its way to the hub"
		}
	}
	return ""
}
