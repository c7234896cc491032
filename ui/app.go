// Package ui is the screen of hubscope: the root model that holds the pages,
// hands them keys, answers and room, and draws what is common to all.
package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/faults"
	"hubscope/ui/journal"
	"hubscope/ui/method"
	"hubscope/ui/page"
	"hubscope/ui/profiles"
	"hubscope/ui/theme"
)

// App is the root model. It belongs to the event loop.
type App struct {
	ctx   *page.Context
	theme ThemeChoice
	about string

	route    router
	events   page.Page // the monitor, which is also the dock
	dialogs  overlay
	header   header
	status   status
	log      *journal.Log
	journal  *journal.Page
	faults   *faults.Page
	profiles *profiles.Page
	many     *method.Many
	running  func() int // simulated devices
	notes    []page.Report
	inbox    []tea.Msg // sent by pages during the Update under way

	width, height int
	docked        bool   // the user wants the event pane
	inDock        bool   // it has the focus
	following     string // the device whose events were asked for last; "": all
	visible       map[page.Page]bool
	sizes         map[page.Page]rect
	tabAreas      []tabArea
}

// parts are the pages an App is made of.
type parts struct {
	tabs     []page.Page // by page.Tab
	running  func() int
	notes    []page.Report
	theme    ThemeChoice
	start    page.Tab
	about    string
	events   bool // only the events of the hub can be reached
	faults   faults.Store
	profiles profiles.Options
	calls    method.Options
}

func newApp(ctx *page.Context, p parts) *App {
	a := &App{
		ctx: ctx, theme: p.theme, about: p.about, running: p.running, notes: p.notes,
		route: router{tabs: p.tabs, tab: p.start}, events: p.tabs[page.Monitor],
		log: &journal.Log{}, docked: true, visible: map[page.Page]bool{}, sizes: map[page.Page]rect{},
	}
	ctx.Deliver = func(msg tea.Msg) { a.inbox = append(a.inbox, msg) }
	a.header = header{hub: ctx.Hub, local: ctx.Local, events: p.events, readOnly: ctx.Rights != nil && ctx.Rights.ReadOnly}
	a.journal = journal.New(ctx, a.log)
	a.faults = faults.New(ctx, p.faults)
	a.profiles = profiles.New(ctx, p.profiles)
	a.many = method.NewMany(ctx, p.calls)
	a.route.kept = []page.Page{a.faults, a.profiles, a.many}
	return a
}

// Init opens every tab: their first loads run side by side.
func (a *App) Init() tea.Cmd {
	var cmds []tea.Cmd
	if a.theme == Auto {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	for _, p := range a.route.all() {
		cmds = append(cmds, p.Init())
	}
	for _, n := range a.notes {
		cmds = append(cmds, a.onReport(n))
	}
	return tea.Batch(append(cmds, a.settle())...)
}

// Update takes one message, and what the pages sent to the root meanwhile.
func (a *App) Update(msg tea.Msg) tea.Cmd {
	cmds := []tea.Cmd{a.update(msg)}
	for len(a.inbox) > 0 {
		next := a.inbox[0]
		a.inbox = a.inbox[1:]
		cmds = append(cmds, a.handle(next))
	}
	return tea.Batch(cmds...)
}

func (a *App) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.width, a.height = msg.Width, msg.Height
		return a.settle()
	case tea.KeyPressMsg:
		return tea.Batch(a.onKey(msg), a.settle())
	case tea.PasteMsg:
		return a.onPaste(msg)
	case tea.MouseClickMsg:
		return tea.Batch(a.onClick(msg), a.settle())
	case tea.MouseWheelMsg:
		return a.onWheel(msg)
	case tea.BackgroundColorMsg:
		return a.onBackground(msg.IsDark())
	case tea.ColorProfileMsg:
		return a.onProfile(msg)
	case page.Envelope:
		return tea.Batch(a.deliver(msg), a.settle())
	case statusExpiredMsg:
		a.status.expire(msg)
		return nil
	}
	return tea.Batch(a.handle(msg), a.settle())
}

// handle does what pages ask of the root.
func (a *App) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case page.Report:
		return a.onReport(msg)
	case page.OpenDialog:
		a.dialogs.open(msg.Dialog, a.ctx.Time())
	case page.CloseDialog:
		a.dialogs.close(msg.Dialog)
	case page.ShowTab:
		return a.showTab(msg.Tab)
	case page.SelectDevice:
		a.showTab(page.Devices)
		return a.route.tabs[page.Devices].Update(msg)
	case page.ToggleSimulated, page.StopSimulated, page.OpenModule:
		return a.route.tabs[page.Devices].Update(msg)
	case page.StartMany:
		return tea.Batch(a.showTab(page.Simulator), a.route.tabs[page.Simulator].Update(msg))
	case page.FollowDevice:
		return a.follow(msg)
	case page.DevicesChanged:
		return a.tellTabs(msg)
	case page.EventRate:
		a.header.rate(msg.PerSecond)
	case page.StreamHealth:
		a.header.streamDown = msg.Down
	case page.HubHealth:
		a.header.health = answering
		if msg.Err != nil {
			a.header.health = failing
		}
	case page.ShowJournal:
		a.route.push(a.journal)
	case page.ShowHelp:
		a.showHelp()
	case page.ShowFaults:
		a.route.push(a.faults)
	case page.ShowProfiles:
		a.route.push(a.profiles)
		return a.profiles.Update(msg)
	case page.CallMany:
		a.route.push(a.many)
		return a.many.Update(msg)
	case page.UseProfile:
		return a.tellTabs(msg)
	case page.FaultsActive:
		a.header.faults = msg.N
	case tea.BatchMsg:
		return func() tea.Msg { return msg }
	}
	return nil
}

// follow shows the events of one device, and those of all when it is asked for
// the same device again.
func (a *App) follow(msg page.FollowDevice) tea.Cmd {
	if a.docked && a.following == msg.DeviceID {
		msg.DeviceID = ""
	}
	a.docked, a.following = true, msg.DeviceID
	return a.events.Update(msg)
}

func (a *App) tellTabs(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, p := range a.route.tabs {
		cmds = append(cmds, p.Update(msg))
	}
	return tea.Batch(cmds...)
}

func (a *App) onReport(r page.Report) tea.Cmd {
	if r.Time.IsZero() {
		r.Time = a.ctx.Time()
	}
	a.log.Add(r)
	a.journal.Sync()
	if r.Quiet {
		return nil
	}
	return a.status.show(r, a.ctx.Time())
}

// focused is the page that gets the keys.
func (a *App) focused() page.Page {
	if a.inDock && a.dockShown() {
		return a.events
	}
	return a.route.current()
}

// dockShown says whether the event pane is on screen under another page.
func (a *App) dockShown() bool {
	return a.docked && len(a.route.over) == 0 && a.route.tab != page.Monitor
}

func capturesText(p page.Page) bool {
	c, ok := p.(page.TextCapturer)
	return ok && c.CapturesText()
}

func (a *App) onBackground(dark bool) tea.Cmd {
	if a.theme != Auto || a.ctx.Styles.Mode == theme.Mono {
		return nil
	}
	if dark {
		return a.setTheme(theme.Dark)
	}
	return a.setTheme(theme.Light)
}

func (a *App) setTheme(mode theme.Mode) tea.Cmd {
	if a.ctx.Styles.Mode == mode {
		return nil
	}
	*a.ctx.Styles = theme.New(mode)
	var cmds []tea.Cmd
	for _, p := range a.route.all() {
		cmds = append(cmds, p.Update(page.ThemeMsg{}))
	}
	return tea.Batch(cmds...)
}

func (a *App) close() {
	for _, p := range a.route.all() {
		if c, ok := p.(page.Closer); ok {
			c.Close()
		}
	}
}

// bindings are what the status line offers: the focused page first, then what
// works everywhere.
func (a *App) bindings() []key.Binding {
	k := a.ctx.Keys
	if a.dialogs.top() != nil {
		return []key.Binding{k.ForceQuit}
	}
	own := a.focused().ShortHelp()
	if capturesText(a.focused()) {
		return own
	}
	all := append([]key.Binding(nil), own...)
	if a.route.tab != page.Monitor && len(a.route.over) == 0 {
		all = append(all, k.Events)
	}
	return append(all, k.Palette, k.Help, k.Quit)
}
