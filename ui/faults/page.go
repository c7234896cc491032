// Package faults shows the faults on demand of the local hub, adds some and takes
// them away. It lives as long as the program, so that the header always knows how
// many are in force, also those that a test or another screen has set.
package faults

import (
	"context"
	"errors"
	"strconv"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// Store is what the page needs of a hub.
type Store interface {
	Faults(ctx context.Context) ([]hub.ActiveFault, error)
	AddFaults(ctx context.Context, faults ...hub.Fault) ([]hub.ActiveFault, error)
	RemoveFault(ctx context.Context, id int64) error
	ClearFaults(ctx context.Context) error
}

// Page is the list of faults.
type Page struct {
	page.Mailbox
	ctx   *page.Context
	store Store // nil: not a local hub

	rows  *rows
	table *widget.Table
	read  bool  // the list was read at least once
	err   error // of the last reading
	told  int   // what the header knows

	width, height int
	focused       bool
	visible       bool
	form          *form
}

// How often the list is read: often while it is looked at, and else often enough
// for the header.
const (
	readSeen   = time.Second
	readHidden = 3 * time.Second
	callLimit  = 10 * time.Second
)

type (
	tickMsg struct{}
	readMsg struct {
		faults []hub.ActiveFault
		err    error
	}
	changedMsg struct {
		done   string // what to tell
		failed string // what to tell when it was not
		err    error
	}
)

// New returns the page; store is nil when the hub is not a local one.
func New(ctx *page.Context, store Store) *Page {
	p := &Page{Mailbox: ctx.NewMailbox(), ctx: ctx, store: store, focused: true}
	p.rows = &rows{ctx: ctx}
	p.table = widget.NewTable(p.rows, columns...)
	return p
}

// Init implements page.Page.
func (p *Page) Init() tea.Cmd {
	if p.store == nil {
		return nil
	}
	return p.load()
}

// Title implements page.Page.
func (p *Page) Title() string { return "Faults" }

// SetFocused implements page.Focuser.
func (p *Page) SetFocused(focused bool) { p.focused = focused }

// SetVisible implements page.Watcher: what is seen is read at once.
func (p *Page) SetVisible(visible bool) tea.Cmd {
	p.visible = visible
	if !visible || !p.works() {
		return nil
	}
	return p.load()
}

// works tells whether the hub is one that makes faults.
func (p *Page) works() bool { return p.store != nil && !errors.Is(p.err, hub.ErrNotLocal) }

// may tells whether faults can be made and taken away.
func (p *Page) may() bool { return p.works() && p.ctx.May(page.MakeFaults) }

// load reads the list; its answer starts the next wait. A newer reading makes an
// older one, and its wait, void.
func (p *Page) load() tea.Cmd {
	ctx, store := p.Renew(), p.store
	return p.Ask(func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		faults, err := store.Faults(ctx)
		return readMsg{faults, err}
	})
}

func (p *Page) wait() tea.Cmd {
	every := readHidden
	if p.visible {
		every = readSeen
	}
	return p.Ask(tea.Tick(every, func(time.Time) tea.Msg { return tickMsg{} }))
}

// Update implements page.Page.
func (p *Page) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.onKey(msg)
	case tea.MouseClickMsg:
		p.table.Click(msg.Y - 1)
	case tea.MouseWheelMsg:
		p.onWheel(msg)
	case tickMsg:
		return p.load()
	case readMsg:
		return p.onRead(msg)
	case changedMsg:
		return p.onChanged(msg)
	}
	return nil
}

func (p *Page) onRead(m readMsg) tea.Cmd {
	p.err = m.err
	if m.err != nil {
		if !p.works() {
			return p.tell(0)
		}
		return p.wait()
	}
	p.read = true
	p.rows.list = m.faults
	p.table.Sync()
	return tea.Batch(p.tell(p.rows.active()), p.wait())
}

// tell gives the header a number that it does not have.
func (p *Page) tell(n int) tea.Cmd {
	if n == p.told {
		return nil
	}
	p.told = n
	return p.ctx.Send(page.FaultsActive{N: n})
}

func (p *Page) onKey(msg tea.KeyPressMsg) tea.Cmd {
	k := p.ctx.Keys
	switch {
	case !p.works():
		return nil
	case !p.may() && key.Matches(msg, k.New, k.Preset, k.Delete, k.ClearAll):
		return failure.Denied(p.ctx, page.MakeFaults, "the faults stay as they are")
	case key.Matches(msg, k.New):
		return p.openForm()
	case key.Matches(msg, k.Preset):
		return p.openPresets()
	case key.Matches(msg, k.Delete):
		return p.remove()
	case key.Matches(msg, k.ClearAll):
		return p.clear()
	case key.Matches(msg, k.Reload):
		return p.load()
	}
	p.table.Update(msg, k)
	return nil
}

func (p *Page) onWheel(msg tea.MouseWheelMsg) {
	if msg.Button == tea.MouseWheelUp {
		p.table.Wheel(-3)
		return
	}
	p.table.Wheel(3)
}

// ShortHelp implements help.KeyMap.
func (p *Page) ShortHelp() []key.Binding {
	k := *p.ctx.Keys
	k.New.SetEnabled(p.may())
	k.Preset.SetEnabled(p.may())
	k.Reload.SetEnabled(p.works())
	any := p.may() && p.rows.Len() > 0
	k.Delete.SetEnabled(any)
	k.ClearAll.SetEnabled(any)
	k.Delete.SetHelp("d", "remove")
	return []key.Binding{k.Back, k.New, k.Preset, k.ClearAll, k.Delete}
}

// FullHelp implements help.KeyMap.
func (p *Page) FullHelp() [][]key.Binding {
	k := *p.ctx.Keys
	k.New.SetHelp("n", "add a fault")
	k.Preset.SetHelp("p", "add one of the usual faults")
	k.Delete.SetHelp("d", "remove the fault")
	k.ClearAll.SetHelp("D", "remove all faults")
	k.Reload.SetHelp("r", "reload")
	return [][]key.Binding{{k.New, k.Preset, k.Delete, k.ClearAll, k.Reload}}
}

// Commands implements page.Commander. The root offers them on every page.
func (p *Page) Commands() []page.Command {
	if !p.may() {
		return nil
	}
	all := []page.Command{
		{Name: "new fault", Desc: "add a fault on demand", Run: p.openForm},
		{Name: "preset faults", Desc: "add one of the usual faults", Run: p.openPresets},
	}
	if p.rows.Len() > 0 {
		all = append(all, page.Command{Name: "remove all faults", Desc: "let all calls and messages pass again", Run: p.clear})
	}
	return all
}

func idKey(id int64) string { return strconv.FormatInt(id, 10) }
