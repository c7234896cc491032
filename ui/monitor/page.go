package monitor

import (
	"time"

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

// Title implements page.Page.
func (p *Page) Title() string { return "Monitor" }

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
