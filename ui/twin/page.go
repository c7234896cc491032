// Package twin shows the twin of a device or of a module: what is desired, what was reported against it, and the tags,
// each with its age; and it changes the part that a service may write, by the least patch and only on the state that was
// seen.
package twin

import (
	"context"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/page"
)

// Store reads and changes twins; with an empty module id, that of the device.
type Store interface {
	ModuleTwin(ctx context.Context, deviceID, moduleID string) (hub.Twin, error)
	PatchModuleTwin(ctx context.Context, deviceID, moduleID string, u hub.TwinUpdate) (hub.Twin, error)
}

// Options of the page.
type Options struct {
	Store Store
	// Poll is how often the twin is read again while it can be seen, 2 s when 0.
	Poll time.Duration
	// Getenv tells VISUAL and EDITOR; os.Getenv when nil.
	Getenv func(string) string
}

// settle is how long the cursor rests on a device before its twin is read, so that moving through a list costs no calls;
// callLimit bounds each call.
const (
	settle    = 150 * time.Millisecond
	callLimit = 15 * time.Second
)

// subject is whose twin it is.
type subject struct{ device, module string }

func (s subject) String() string {
	if s.module == "" {
		return s.device
	}
	return s.device + " / " + s.module
}

// Page is the section.
type Page struct {
	page.Mailbox
	ctx  *page.Context
	o    Options
	keys keyMap

	width, height int
	focused       bool
	visible       bool
	pens          penSets

	of        subject
	connected bool // the device, as the list knows it
	serial    int  // of the subject
	reading
	twin   hub.Twin
	panels [panels]panel
	at     int // the panel with the cursor
	top    int // the first line that is seen when the panels are stacked

	drafts map[subject]*draft
}

// penSets draw rows: plain, under the cursor, and under it while the keys go elsewhere.
type penSets struct{ plain, selected, blurred [paint.Kinds]paint.Pen }

// New returns the section with nothing in it.
func New(ctx *page.Context, o Options) *Page {
	if o.Poll == 0 {
		o.Poll = 2 * time.Second
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	p := &Page{Mailbox: ctx.NewMailbox(), ctx: ctx, o: o, keys: newKeyMap(ctx.Keys), drafts: map[subject]*draft{}}
	for i := range p.panels {
		p.panels[i].kind = kind(i)
	}
	p.sharpen()
	return p
}

// sharpen makes the pens of the present theme.
func (p *Page) sharpen() {
	s := p.ctx.Styles
	p.pens = penSets{
		plain: paint.NewSpanPens(s, s.Text.UnsetForeground()), selected: paint.NewSpanPens(s, s.Selected),
		blurred: paint.NewSpanPens(s, s.SelectedBlur),
	}
}

// Init does nothing: there is no device yet.
func (p *Page) Init() tea.Cmd { return nil }

// Title implements page.Page.
func (p *Page) Title() string { return "Twin" }

// SetFocused implements page.Focuser.
func (p *Page) SetFocused(focused bool) { p.focused = focused }

// SetSize implements page.Page.
func (p *Page) SetSize(width, height int) {
	p.width, p.height = width, height
	p.layOut()
}

// Show shows a twin, or notes how its device stands.
func (p *Page) Show(d hub.Device, moduleID string) tea.Cmd {
	p.connected = d.Connected()
	of := subject{d.DeviceID, moduleID}
	if of == p.of {
		return nil
	}
	p.Forget()
	p.of = of
	p.layOut()
	serial := p.serial
	return p.Ask(tea.Tick(settle, func(time.Time) tea.Msg { return settledMsg{serial} }))
}

// Forget takes the twin away. Drafts stay.
func (p *Page) Forget() {
	p.Renew()
	p.serial++
	p.of, p.twin, p.reading, p.at, p.top = subject{}, hub.Twin{}, reading{polls: p.polls + 1}, 0, 0
	for i := range p.panels {
		p.panels[i].forget()
	}
}

// Update implements page.Page; keys come by Press.
func (p *Page) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case settledMsg:
		if msg.serial == p.serial {
			return p.read()
		}
	case pollMsg:
		if msg.number == p.polls {
			return p.read()
		}
	case readMsg:
		return p.onRead(msg)
	case page.DevicesChanged:
		return p.onDevicesChanged(msg)
	case page.ThemeMsg:
		p.sharpen()
	case tea.PasteMsg:
		return p.onPaste(msg)
	case tea.MouseClickMsg:
		p.onClick(msg)
	case tea.MouseWheelMsg:
		p.onWheel(msg)
	default:
		return p.onAction(msg)
	}
	return nil
}
