package modules

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// One is the section of a module that shows its identity. Keys stay masked until they
// are asked for, and are masked again after a while and when the section is left.
type One struct {
	page.Mailbox
	ctx *page.Context
	o   Options

	width, height, top int

	module hub.Module
	whole  bool // module was read
	at     time.Time
	busy   bool
	err    error
	serial int // of the module asked for
	shown  bool
	reveal int // serial of the timer that hides the keys
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
	return &One{Mailbox: ctx.NewMailbox(), ctx: ctx, o: o.withDefaults()}
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
		if p.busy || p.ctx.Time().Sub(p.at) < p.o.Refresh {
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
	p.module, p.whole, p.err, p.busy, p.shown, p.top, p.at = hub.Module{}, false, nil, false, false, 0, time.Time{}
}

func (p *One) read() tea.Cmd {
	p.busy = true
	store, ctx, m, serial := p.o.Store, p.Context(), p.module, p.serial
	return p.Ask(func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		read, err := store.Module(ctx, m.DeviceID, m.ModuleID)
		return readMsg{serial, read, err}
	})
}

// Update implements page.Page.
func (p *One) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case readMsg:
		return p.onRead(msg)
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
	p.busy, p.at, p.err = false, p.ctx.Time(), m.err
	if m.err == nil {
		p.module, p.whole = m.module, true
		return nil
	}
	if !first {
		return nil
	}
	return failure.Note("module "+p.module.ModuleID+" could not be read", m.err)
}

// Press takes a key.
func (p *One) Press(msg tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	k := p.ctx.Keys
	switch {
	case key.Matches(msg, k.Reload):
		return p.read(), true
	case key.Matches(msg, k.ShowKeys):
		return p.toggleKeys(), true
	case key.Matches(msg, k.Copy):
		return p.openCopyMenu(), true
	}
	n, ok := k.Step(msg, p.height)
	if ok {
		p.scroll(n)
	}
	return nil, ok
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

func (p *One) openCopyMenu() tea.Cmd {
	if !p.whole {
		return nil
	}
	m := p.module
	choices := []widget.Choice{{Key: "i", Label: "Module id", Run: p.copy("module id", m.ModuleID)}}
	if !m.Auth.Primary.IsZero() {
		second := m
		second.Auth.Primary = m.Auth.Secondary
		choices = append(choices,
			widget.Choice{Key: "c", Label: "Connection string", Hint: "with the primary key", Run: p.copy("connection string", m.ConnectionString(p.o.Service).Reveal())},
			widget.Choice{Key: "p", Label: "Primary key", Hint: widget.Mask, Run: p.copy("primary key", m.Auth.Primary.Reveal())},
			widget.Choice{Key: "s", Label: "Secondary key", Hint: widget.Mask, Run: p.copy("secondary key", m.Auth.Secondary.Reveal())},
			widget.Choice{Key: "C", Label: "Connection string", Hint: "with the secondary key", Run: p.copy("connection string", second.ConnectionString(p.o.Service).Reveal())},
		)
	}
	menu := widget.NewMenu(p.ctx.Styles, p.ctx.Keys, "Copy", choices...)
	return p.ctx.Send(page.OpenDialog{Dialog: menu})
}

// copy puts text on the clipboard by OSC 52: the terminal does it, also over SSH.
func (p *One) copy(what, text string) tea.Cmd {
	return tea.Batch(tea.SetClipboard(text), page.Tell(page.Report{
		Severity: page.Success, Text: what + " of " + p.module.ModuleID + " copied to the clipboard",
	}))
}

// ShortHelp implements help.KeyMap.
func (p *One) ShortHelp() []key.Binding {
	k := p.ctx.Keys
	show, copied := k.ShowKeys, k.Copy
	show.SetEnabled(p.whole && !p.module.Auth.Primary.IsZero())
	copied.SetEnabled(p.whole)
	return []key.Binding{show, copied, k.Reload}
}

// FullHelp implements help.KeyMap.
func (p *One) FullHelp() [][]key.Binding { return [][]key.Binding{p.ShortHelp()} }
