package modules

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/credential"
	"hubscope/ui/failure"
	"hubscope/ui/page"
)

// One is the section of a module that shows its identity. Keys stay masked until they
// are asked for, and are masked again after a while and when the section is left.
type One struct {
	page.Mailbox
	ctx *page.Context
	o   Options

	width, height, top int

	module hub.Module
	whole  bool      // module was read
	tried  time.Time // when it was last read, well or not
	at     time.Time // of what is shown
	busy   bool
	err    error
	serial int // of the module asked for
	shown  bool
	reveal int // serial of the timer that hides the keys

	doing  map[string]string      // changes that are under way, by device/module
	failed *credential.NotChanged // nil: the last change was made
}

type (
	readMsg struct {
		serial int
		module hub.Module
		err    error
	}
	hideMsg struct{ serial int }
)

// NewOne returns the section with nothing in it.
func NewOne(ctx *page.Context, o Options) *One {
	return &One{Mailbox: ctx.NewMailbox(), ctx: ctx, o: o.withDefaults(), doing: map[string]string{}}
}

// Init does nothing: there is no module yet.
func (p *One) Init() tea.Cmd { return nil }

// Title implements page.Page.
func (p *One) Title() string { return "Identity" }

// SetSize implements page.Page.
func (p *One) SetSize(width, height int) {
	p.width, p.height = width, height
	p.scroll(0)
}

// SetVisible hides the keys when the section is left.
func (p *One) SetVisible(visible bool) tea.Cmd {
	if !visible {
		p.shown = false
	}
	return nil
}

// Show reads a module, or reads it again when it is old.
func (p *One) Show(d hub.Device, moduleID string) tea.Cmd {
	if d.DeviceID == p.module.DeviceID && moduleID == p.module.ModuleID {
		if p.busy || p.ctx.Time().Sub(p.tried) < p.o.Refresh {
			return nil
		}
		return p.read()
	}
	p.Forget()
	p.module = hub.Module{DeviceID: d.DeviceID, ModuleID: moduleID}
	return p.read()
}

// Forget takes the module away.
func (p *One) Forget() {
	p.Renew()
	p.serial++
	p.module, p.whole, p.err, p.busy, p.shown, p.top = hub.Module{}, false, nil, false, false, 0
	p.tried, p.at, p.failed = time.Time{}, time.Time{}, nil
}

// read asks for the module, and does not wait for what was asked before.
func (p *One) read() tea.Cmd {
	p.Renew()
	p.busy = true
	store, ctx, m, serial := p.o.Store, p.Context(), p.module, p.serial
	return p.Ask(func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		read, err := store.Module(ctx, m.DeviceID, m.ModuleID)
		return readMsg{serial, read, err}
	})
}

// take shows a module as the registry has it.
func (p *One) take(m hub.Module) {
	p.module, p.whole, p.err, p.at = m, true, nil, p.ctx.Time()
	p.scroll(0)
}

// Update implements page.Page.
func (p *One) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case readMsg:
		return p.onRead(msg)
	case chosenMsg:
		return p.onChosen(msg)
	case changedMsg:
		return p.onChanged(msg)
	case hideMsg:
		if msg.serial == p.reveal {
			p.shown = false
		}
	case tea.MouseWheelMsg:
		if msg.Button == tea.MouseWheelUp {
			p.scroll(-2)
		} else {
			p.scroll(2)
		}
	}
	return nil
}

func (p *One) onRead(m readMsg) tea.Cmd {
	if m.serial != p.serial {
		return nil
	}
	first := p.err == nil
	p.busy, p.tried, p.err = false, p.ctx.Time(), m.err
	if m.err == nil {
		p.take(m.module)
		return nil
	}
	failure.Learn(p.ctx, page.ReadRegistry, m.err, "read identities and their keys")
	if !first {
		return nil
	}
	return failure.Note("module "+p.module.ModuleID+" could not be read", m.err)
}

func (p *One) scroll(n int) {
	over := len(p.lines()) - p.height
	p.top = max(0, min(p.top+n, over))
}

func (p *One) toggleKeys() tea.Cmd {
	p.shown = !p.shown && p.whole
	p.reveal++
	if !p.shown {
		return nil
	}
	serial := p.reveal
	return p.Act(tea.Tick(p.o.HideAfter, func(time.Time) tea.Msg { return hideMsg{serial} }))
}
