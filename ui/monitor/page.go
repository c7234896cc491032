package monitor

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/monitor/figures"
	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/inspect"
	"hubscope/ui/monitor/rows"
	"hubscope/ui/monitor/unpack"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// Page is the Monitor tab and the event pane.
type Page struct {
	page.Mailbox
	ctx  *page.Context
	o    Options
	keys keyMap

	feed    *feed
	parts   partitions
	start   start
	started time.Time // when start was chosen
	reads   reading
	seen    seen
	flows   flows
	queues  queues
	stats   stats
	record  recorder
	export  *export // nil: none is under way
	offline offline

	history *history.History
	shelf   *unpack.Shelf
	list    list
	painter *rows.Painter
	needs   rows.Needs

	filter      *widget.Filter
	applied     *filter.Filter
	filterError error
	scope       string // device id, or "" for all
	selection
	filters filters
	find    find

	figures         *figures.Panel
	countingFigures bool // a step of them is under way
	marks           marks

	inspector    *inspect.Inspector
	wasAlong     bool // the view followed when the event was opened
	fromDock     bool // it was opened in the pane: closing goes back there
	docked       *bool
	width        int
	height       int
	visible      bool
	focused      bool
	reportRate   float64
	reportedDown bool
}

var (
	_ page.Page         = (*Page)(nil)
	_ page.Watcher      = (*Page)(nil)
	_ page.Focuser      = (*Page)(nil)
	_ page.Cursorer     = (*Page)(nil)
	_ page.Closer       = (*Page)(nil)
	_ page.Addressee    = (*Page)(nil)
	_ page.TextCapturer = (*Page)(nil)
	_ page.Selector     = (*Page)(nil)
	_ page.Commander    = (*Page)(nil)
)

type (
	tickMsg   struct{}
	scanMsg   struct{}
	followMsg struct{}
	clearMsg  struct{}
)

// New makes the page. The stream starts with Init.
func New(ctx *page.Context, o Options) *Page {
	o = o.withDefaults()
	p := &Page{
		Mailbox: ctx.NewMailbox(), ctx: ctx, o: o, keys: newKeyMap(ctx.Keys),
		start: firstStart(o.Start, ctx.Time()), reads: newReading(o), seen: seen{}, flows: newFlows(), queues: queues{}, history: history.New(o.Keep),
		painter: rows.NewPainter(ctx), inspector: inspect.New(ctx),
		filter:  widget.NewFilter("/", ""),
		filters: filters{file: o.Filters}, find: newFind(),
		offline: offline{files: o.Recording},
		visible: true, focused: true,
	}
	p.list.h = p.history
	p.shelf = unpack.NewShelf()
	p.figures = figures.New(ctx, func() *history.History { return p.history }, p.shelf, p)
	p.inspector.Before, p.inspector.Apart = p.before, p.fromMark
	p.painter.Today(ctx.Time())
	return p
}

// Init opens the stream.
func (p *Page) Init() tea.Cmd {
	now := p.ctx.Time()
	p.started, p.stats.since = now, now
	return tea.Batch(p.open(p.reads.at(p.start.position(now), nil)), p.openQueues(), p.tick(), p.loadFilters(), p.recordFirst())
}

// Close ends the stream and waits a moment for it.
func (p *Page) Close() {
	const patience = time.Second
	p.filters.finish(patience)
	p.record.finish(recordPatience)
	p.finishExport()
	p.Mailbox.Close()
	if p.feed == nil {
		return
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.feed.done:
	case <-timer.C:
	}
	p.closeQueues(timer.C)
}

// open ends the stream that is running and starts another.
func (p *Page) open(what Reading) tea.Cmd {
	ctx := p.Renew()
	p.feed = newFeed()
	p.parts = partitions{total: p.parts.total, some: len(what.Partitions) > 0}
	return tea.Batch(
		p.Ask(p.feed.run(ctx, p.source(), what)),
		p.Ask(p.feed.next(ctx, p.window())),
		p.Ask(p.feed.nextStates(ctx)),
	)
}

// clear forgets all events, and that they were there: they may come again.
func (p *Page) clear() {
	p.forget()
	p.figures.Reset()
	p.seen = seen{}
	p.started = p.ctx.Time()
}

// forget takes all events away.
func (p *Page) forget() {
	p.history.Clear()
	p.closeEvent()
	p.list.follow()
}

// Title implements page.Page.
func (p *Page) Title() string { return "Monitor" }

// SetSize implements page.Page.
func (p *Page) SetSize(width, height int) {
	p.width, p.height = width, height
	p.resize()
}

// SetDocked tells whether the page is the pane under another tab: then it draws one line about the stream and rows.
func (p *Page) SetDocked(docked bool) {
	p.docked = &docked
	p.resize()
}

// isDocked is as told, else by the height: a pane is lower than the least tab.
func (p *Page) isDocked() bool {
	const leastTab = 19
	if p.docked != nil {
		return *p.docked
	}
	return p.height < leastTab
}

func (p *Page) resize() {
	l := p.arrange()
	p.list.rows = l.rows
	p.painter.LayOut(rows.LayOut(l.listWidth, p.needs))
	p.sizeOpen(l)
	p.list.settle()
}

// SetVisible implements page.Watcher.
func (p *Page) SetVisible(visible bool) tea.Cmd {
	p.visible = visible
	return nil
}

// SetFocused implements page.Focuser.
func (p *Page) SetFocused(focused bool) { p.focused = focused }

// CapturesText implements page.TextCapturer.
func (p *Page) CapturesText() bool { return p.typed() != nil }

// SelectedDevice implements page.Selector.
func (p *Page) SelectedDevice() string {
	if p.figures.Focused && p.figures.Device() != "" {
		return p.figures.Device()
	}
	if e := p.current(); e != nil {
		return e.DeviceID
	}
	return ""
}

// Cursor implements page.Cursorer.
func (p *Page) Cursor() *tea.Cursor {
	input := p.typed()
	if input == nil {
		return nil
	}
	c := input.Cursor()
	if c == nil {
		return nil
	}
	if !p.isDocked() {
		c.X, c.Y = c.X+1, c.Y+1
		return c
	}
	c.X += p.dockIndent()
	return c
}

// ended tells whether the stream has ended by itself.
func (p *Page) ended() bool { return p.parts.ended }

// current is the event that is open, else the one under the cursor; nil when there is none.
func (p *Page) current() *history.Event {
	if p.inspector.Opened {
		return &p.inspector.Event
	}
	if p.list.len() == 0 {
		return nil
	}
	return p.history.Event(p.list.cursor)
}

// Update implements page.Page.
func (p *Page) Update(msg tea.Msg) tea.Cmd {
	return tea.Batch(p.update(msg), p.inspect(), p.unpack())
}

func (p *Page) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.onKey(msg)
	case tea.PasteMsg:
		return p.onTyped(msg)
	case tea.MouseWheelMsg:
		return p.onWheel(msg)
	case tea.MouseClickMsg:
		return p.onClick(msg)
	case batchMsg:
		return p.onBatch(msg)
	case statesMsg:
		return p.onStates(msg)
	case endedMsg:
		return p.onEnded(msg)
	case tickMsg:
		return p.onTick()
	case scanMsg, startFindMsg, findMsg, filtersMsg, savedMsg, countMsg, formStepMsg, removeFilterMsg:
		return p.onNarrow(msg)
	case startMsg:
		return p.startAt(msg.at)
	case typeStartMsg:
		return p.startForm()
	case askReadMsg:
		return p.groupMenu()
	case detailsMsg:
		return p.showDetails()
	case otherWayMsg:
		return p.turnWay()
	case readMsg:
		return p.read(msg.what)
	case queueBatchMsg, queueStatesMsg, queueEndedMsg, askReceiveMsg, receiveMsg:
		return p.onQueue(msg)
	case askExportMsg, exportThereMsg, startExportMsg, exportStepMsg, exportEndedMsg, cancelExportMsg:
		return p.onExport(msg)
	case askRecordingMsg, recordingFoundMsg, openRecordingMsg, recordOpenedMsg, recordEndedMsg:
		return p.onOffline(msg)
	case gotoMarkMsg:
		return p.gotoMark(msg.number)
	case clearMarksMsg:
		p.clearMarks()
	case figuresStepMsg, figures.PickedMsg, figures.ScopeMsg:
		return p.onFigures(msg)
	case inspectedMsg:
		p.inspector.Take(msg.read)
	case unpackedMsg:
		return p.onUnpacked(msg)
	case followMsg:
		p.list.follow()
		p.showCurrent()
	case clearMsg:
		p.forget()
	case page.FollowDevice:
		return p.setScope(msg.DeviceID)
	case page.ThemeMsg:
		p.painter.Restyle()
		p.remark()
		p.inspector.Restyle()
	}
	return nil
}

func (p *Page) onKey(msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case p.filter.Focused():
		return p.onFilterKey(msg)
	case p.find.input.Focused():
		return p.onFindKey(msg)
	case key.Matches(msg, p.keys.troubled) && p.groupTrouble():
		return p.groupMenu()
	case p.figures.Opened:
		return p.onFiguresKey(msg)
	case key.Matches(msg, p.keys.chart) && p.onNumber():
		return p.chart()
	case p.inspector.Opened && p.inspector.Focused && p.onOpenKey(msg):
		return nil
	case p.onListKey(msg):
		p.showCurrent()
		return nil
	}
	return p.onAction(msg)
}

// onAction handles what works wherever the cursor is.
func (p *Page) onAction(msg tea.KeyPressMsg) tea.Cmd {
	k := &p.keys
	switch {
	case key.Matches(msg, k.Open):
		return p.openEvent()
	case key.Matches(msg, k.NextPane, k.PreviousPane):
		p.inspector.Focused = p.inspector.Opened && !p.inspector.Focused
	case key.Matches(msg, k.Pause):
		p.togglePause()
	case key.Matches(msg, k.Filter):
		p.filter.Focus()
	case key.Matches(msg, k.filters):
		return p.filterList()
	case key.Matches(msg, k.find):
		p.startFind()
	case key.Matches(msg, k.next):
		return p.findNext(next)
	case key.Matches(msg, k.previous):
		return p.findNext(previous)
	case key.Matches(msg, k.Copy):
		return p.copyMenu()
	case key.Matches(msg, k.Export):
		return p.exportMenu()
	case key.Matches(msg, k.record):
		return p.toggleRecord()
	case p.offline.on() && key.Matches(msg, k.start, k.group, k.way, k.restart):
		return p.offlineMenu()
	case key.Matches(msg, k.start):
		return p.startMenu()
	case key.Matches(msg, k.group):
		return p.groupMenu()
	case key.Matches(msg, k.details):
		return p.showDetails()
	case key.Matches(msg, k.way):
		return p.otherWay()
	case key.Matches(msg, k.scope):
		return p.toggleScope()
	case key.Matches(msg, k.StartStop):
		return p.toggleSimulated()
	case key.Matches(msg, k.StopAll):
		return p.stopSimulated()
	case key.Matches(msg, k.mark):
		p.toggleMark()
	case key.Matches(msg, k.nextMark):
		return p.jump(1)
	case key.Matches(msg, k.previousMark):
		return p.jump(-1)
	case key.Matches(msg, k.figures):
		return p.toggleFigures()
	case key.Matches(msg, k.restart):
		return p.resume()
	case key.Matches(msg, k.Back):
		return p.back()
	}
	return nil
}

// onListKey moves in the list and tells whether the key was for that.
func (p *Page) onListKey(msg tea.KeyPressMsg) bool {
	k := &p.keys
	screen := max(1, p.list.rows-1)
	switch {
	case key.Matches(msg, k.Up):
		p.list.move(-1)
	case key.Matches(msg, k.Down):
		p.list.move(1)
	case key.Matches(msg, k.PageUp):
		p.list.move(-screen)
	case key.Matches(msg, k.PageDown):
		p.list.move(screen)
	case key.Matches(msg, k.HalfUp):
		p.list.move(-max(1, screen/2))
	case key.Matches(msg, k.HalfDown):
		p.list.move(max(1, screen/2))
	case key.Matches(msg, k.Top):
		p.list.first()
	case key.Matches(msg, k.Bottom):
		p.list.follow()
	default:
		return false
	}
	return true
}

// back undoes one thing: the open event, the search, the filter, the scope, the pause.
func (p *Page) back() tea.Cmd {
	switch {
	case p.figures.Opened:
		p.closeFigures()
	case p.inspector.Opened:
		dock := p.fromDock
		p.closeEvent()
		if dock {
			return func() tea.Msg { return page.ShowTab{Tab: page.Devices} }
		}
	case p.finding():
		p.endFind()
	case !p.applied.Empty():
		p.filter.Clear()
		return p.applyFilter()
	case p.scope != "":
		return p.setScope("")
	case p.list.mode != following:
		p.list.follow()
	}
	return nil
}

func (p *Page) togglePause() {
	if p.list.mode == following {
		p.list.hold(paused)
		return
	}
	p.list.follow()
	p.showCurrent()
}
