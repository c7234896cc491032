// Package detail is everything about one device identity, in sections: its facts and
// keys, its twin, its methods. It draws their names, hands them keys and room, and
// lets only the section that can be seen cost a call.
package detail

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/page"
)

// Section is one page about an identity.
type Section interface {
	page.Page
	// Show gives the identity: that of a module when moduleID is not "". The same one
	// again brings it up to date. It is called while the section can be seen, and when
	// it comes into sight. What it reads must wait until the cursor rests: settle.
	Show(d hub.Device, moduleID string) tea.Cmd
	// Forget takes the identity away.
	Forget()
	// Press is a key while the section has the focus; taken says that nobody else may
	// have it. Of other messages the section hears by Update.
	Press(msg tea.KeyPressMsg) (cmd tea.Cmd, taken bool)
}

// Page is the sections of the device under the cursor.
type Page struct {
	ctx *page.Context
	// sections are those of a device; modules those of one of its modules.
	sections, modules []Section
	at                int // in sections
	module            string
	moduleAt          int

	device        hub.Device
	width, height int
	focused       bool
	visible       bool
}

// New returns the page with nothing in it. There must be a section for each.
func New(ctx *page.Context, sections, modules []Section) *Page {
	return &Page{ctx: ctx, sections: sections, modules: modules}
}

// all are the sections in use, and which of them is shown.
func (p *Page) all() ([]Section, int) {
	if p.module != "" {
		return p.modules, p.moduleAt
	}
	return p.sections, p.at
}

func (p *Page) current() Section {
	all, at := p.all()
	return all[at]
}

// Children are the pages inside this one.
func (p *Page) Children() []page.Page {
	var out []page.Page
	for _, s := range append(append([]Section(nil), p.sections...), p.modules...) {
		out = append(out, s)
	}
	return out
}

// Init opens every section.
func (p *Page) Init() tea.Cmd {
	var cmds []tea.Cmd
	for _, s := range p.Children() {
		cmds = append(cmds, s.Init())
	}
	return tea.Batch(cmds...)
}

// Title implements page.Page.
func (p *Page) Title() string { return p.current().Title() }

// Close implements page.Closer.
func (p *Page) Close() {
	for _, s := range p.Children() {
		if c, ok := s.(page.Closer); ok {
			c.Close()
		}
	}
}

// SetDevice gives what the list knows of the device under its cursor. The section
// that can be seen reads the rest.
func (p *Page) SetDevice(d hub.Device) tea.Cmd {
	if d.DeviceID != p.device.DeviceID {
		p.module = ""
	}
	p.device = d
	return p.show()
}

// Forget takes the device away.
func (p *Page) Forget() {
	p.device, p.module = hub.Device{}, ""
	for _, s := range append(append([]Section(nil), p.sections...), p.modules...) {
		s.Forget()
	}
}

// show tells the section that can be seen whose it is.
func (p *Page) show() tea.Cmd {
	if p.device.DeviceID == "" {
		return nil
	}
	return p.current().Show(p.device, p.module)
}

// Update gives the section what is meant for it; keys come by Press.
func (p *Page) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		cmd, _ := p.Press(msg)
		return cmd
	case tea.MouseClickMsg:
		return p.onClick(msg)
	case tea.MouseWheelMsg:
		msg.Y -= heads
		return p.current().Update(msg)
	case page.OpenModule:
		return p.openModule(msg)
	case page.ThemeMsg, page.DevicesChanged:
		return p.tellAll(msg)
	}
	return p.current().Update(msg)
}

func (p *Page) tellAll(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, s := range p.Children() {
		cmds = append(cmds, s.Update(msg))
	}
	return tea.Batch(cmds...)
}

// Press is a key while the page has the focus. The list of devices may have those
// that are not taken.
func (p *Page) Press(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	if p.device.DeviceID == "" {
		return nil, false
	}
	if cmd, taken := p.current().Press(msg); taken || p.CapturesText() {
		return cmd, true
	}
	k := p.ctx.Keys
	switch {
	case key.Matches(msg, k.NextSection, k.Right):
		return p.turn(1), true
	case key.Matches(msg, k.PreviousSection, k.Left):
		return p.turn(-1), true
	}
	return nil, false
}

// Back leaves the module, and says whether there was one to leave.
func (p *Page) Back() (tea.Cmd, bool) {
	if p.module == "" {
		return nil, false
	}
	return p.change(func() { p.module = "" }), true
}

func (p *Page) openModule(m page.OpenModule) tea.Cmd {
	if m.DeviceID != p.device.DeviceID || len(p.modules) == 0 {
		return nil
	}
	return p.change(func() { p.module, p.moduleAt = m.ModuleID, 0 })
}
