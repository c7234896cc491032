// Package modules shows the module identities of a device: their list, with create and
// delete, and one of them with its keys.
package modules

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// Store is what the pages need of a hub. Every call ends with its context.
type Store interface {
	Modules(ctx context.Context, deviceID string) ([]hub.Module, error)
	Module(ctx context.Context, deviceID, moduleID string) (hub.Module, error)
	CreateModule(ctx context.Context, m hub.Module) (hub.Module, error)
	UpdateModule(ctx context.Context, m hub.Module) (hub.Module, error)
	DeleteModule(ctx context.Context, deviceID, moduleID, etag string) error
}

// Options of both pages.
type Options struct {
	Store Store
	// Service is the hub's own connection string: modules get theirs from it.
	Service connstr.Service
	// MQTTAddr is the host:port where modules connect; "": port 8883 of the hub's name.
	MQTTAddr string
	// CAFile is what programs must trust to reach the hub; "": what their system trusts.
	CAFile string
	// Refresh is how old what is shown may be while it can be seen, 5 s when 0.
	Refresh time.Duration
	// HideAfter is when shown keys are masked again, 1 min when 0.
	HideAfter time.Duration
}

func (o Options) withDefaults() Options {
	if o.Refresh == 0 {
		o.Refresh = 5 * time.Second
	}
	if o.HideAfter == 0 {
		o.HideAfter = time.Minute
	}
	return o
}

// settle is how long the cursor rests on a device before its modules are read, so that
// moving through a list costs no calls; callLimit bounds each call.
const (
	settle    = 150 * time.Millisecond
	callLimit = 15 * time.Second
)

// List is the section of a device that lists its modules.
type List struct {
	page.Mailbox
	ctx *page.Context
	o   Options

	rows  rows
	table *widget.Table

	width, height int
	focused       bool

	device hub.Device
	serial int       // of the device
	tried  time.Time // when it was last read, well or not
	at     time.Time // of the rows
	busy   bool
	err    error
	sheet  *widget.Sheet
	kind   int    // of authentication, in the sheet
	wanted string // to be selected once it is there
}

type (
	settledMsg struct{ serial int }
	listedMsg  struct {
		serial  int
		modules []hub.Module
		err     error
	}
)

// NewList returns the section with nothing in it.
func NewList(ctx *page.Context, o Options) *List {
	p := &List{Mailbox: ctx.NewMailbox(), ctx: ctx, o: o.withDefaults()}
	p.rows.page, p.rows.marks = p, marks{}
	p.table = widget.NewTable(&p.rows, columns...)
	return p
}

// Init does nothing: there is no device yet.
func (p *List) Init() tea.Cmd { return nil }

// Title implements page.Page.
func (p *List) Title() string { return "Modules" }

// SetFocused implements page.Focuser.
func (p *List) SetFocused(focused bool) { p.focused = focused }

// SetSize implements page.Page.
func (p *List) SetSize(width, height int) {
	p.width, p.height = width, height
	p.layout()
}

// Show reads the modules of a device, or reads them again when they are old.
func (p *List) Show(d hub.Device, _ string) tea.Cmd {
	if d.DeviceID == p.device.DeviceID {
		p.device = d
		if p.busy || p.ctx.Time().Sub(p.tried) < p.o.Refresh {
			return nil
		}
		return p.read()
	}
	p.Forget()
	p.device = d
	serial := p.serial
	p.busy = true
	return p.Ask(tea.Tick(settle, func(time.Time) tea.Msg { return settledMsg{serial} }))
}

// Forget takes the device away.
func (p *List) Forget() {
	p.Renew()
	p.serial++
	p.device, p.rows.modules, p.err, p.busy, p.wanted = hub.Device{}, nil, nil, false, ""
	p.tried, p.at = time.Time{}, time.Time{}
	clear(p.rows.marks)
	p.layout()
	p.table.Sync()
}

// read asks for the modules. What was asked before does not count any more: it may not know what was changed since.
func (p *List) read() tea.Cmd {
	p.Renew()
	p.busy = true
	store, ctx, id, serial := p.o.Store, p.Context(), p.device.DeviceID, p.serial
	return p.Ask(func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		list, err := store.Modules(ctx, id)
		return listedMsg{serial, list, err}
	})
}

// Update implements page.Page.
func (p *List) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case settledMsg:
		if msg.serial == p.serial {
			return p.read()
		}
	case listedMsg:
		return p.onListed(msg)
	case createdMsg:
		return p.onCreated(msg)
	case deletedMsg:
		return p.onDeleted(msg)
	case removeMsg:
		return p.removeMany(msg)
	case removedMsg:
		return p.onRemoved(msg)
	case tea.MouseClickMsg:
		p.table.Click(msg.Y - len(p.head()))
	case tea.MouseWheelMsg:
		if msg.Button == tea.MouseWheelUp {
			p.table.Wheel(-3)
		} else {
			p.table.Wheel(3)
		}
	}
	return nil
}

// onListed keeps the rows when they could not be read again.
func (p *List) onListed(m listedMsg) tea.Cmd {
	if m.serial != p.serial {
		return nil
	}
	first := p.err == nil
	p.busy, p.tried, p.err = false, p.ctx.Time(), m.err
	defer p.layout()
	if m.err != nil {
		failure.Learn(p.ctx, page.ReadRegistry, m.err, "read identities and their keys")
		if !first {
			return nil
		}
		return failure.Note("the modules of "+p.device.DeviceID+" could not be read", m.err)
	}
	p.at = p.tried
	p.rows.set(m.modules)
	p.table.Sync()
	if p.wanted != "" && p.table.Select(p.wanted) {
		p.wanted = ""
	}
	return nil
}

// open asks for the pages of the module under the cursor.
func (p *List) open() tea.Cmd {
	m, ok := p.selected()
	if !ok {
		return nil
	}
	return p.ctx.Send(page.OpenModule{DeviceID: m.DeviceID, ModuleID: m.ModuleID})
}

func (p *List) selected() (hub.Module, bool) {
	i := p.rows.Find(p.table.Key())
	if i < 0 {
		return hub.Module{}, false
	}
	return p.rows.modules[i], true
}
