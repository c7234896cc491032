// Package devices is the list of device identities of a hub: browse, create,
// delete, and start or stop the simulated device of a row.
package devices

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/device/sim"
	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/selfsigned"
	"hubscope/ui/devices/roster"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// Registry is what the page needs of a hub. Every call ends with its context.
type Registry interface {
	CreateDevice(ctx context.Context, d hub.Device) (hub.Device, error)
	Device(ctx context.Context, id string) (hub.Device, error)
	DeleteDevice(ctx context.Context, id, etag string) error
	Bulk(ctx context.Context, changes []hub.Change) (hub.BulkResult, error)
	// List reads a page of the list; an empty continuation means the first
	// page, an empty one in the answer that there are no more.
	List(ctx context.Context, l hub.Listing) (items []hub.Listed, next string, err error)
	// Identities reads up to limit of them, in no order: for who may not ask queries.
	Identities(ctx context.Context, limit int) ([]hub.Device, error)
	// Query asks in the query language; its answer is rows of JSON.
	Query(ctx context.Context, text string, page int, continuation string) (hub.Page, error)
	RegistryStatistics(ctx context.Context) (hub.RegistryStatistics, error)
}

// Fleet runs the simulated devices. Start and Stop may block.
type Fleet interface {
	Start(cs connstr.Device) error
	StartAs(cs connstr.Device, s sim.Settings) error
	Usual() sim.Settings
	Stop(ctx context.Context, deviceID string) error
	StopAll(ctx context.Context) error
	// One and States are snapshots and do not block.
	One(deviceID string) (sim.Status, bool)
	States() sim.States
}

// Detail is the pane beside the list that shows the device under the cursor.
type Detail interface {
	page.Page
	page.Watcher
	page.TextCapturer
	page.Cursorer
	// SetDevice gives what the list knows; the pane reads the rest itself.
	SetDevice(d hub.Device) tea.Cmd
	// Forget takes the device away.
	Forget()
	// Press is a key while the pane has the focus, or one that only the pane knows.
	// The list gets it when it is not taken.
	Press(msg tea.KeyPressMsg) (cmd tea.Cmd, taken bool)
	// Back goes one step back inside the pane, and says whether there was one.
	Back() (cmd tea.Cmd, taken bool)
}

// Options of the page.
type Options struct {
	// Registry is nil when only the events of the hub can be reached: the page
	// then says so and does nothing.
	Registry Registry
	Fleet    Fleet
	Detail   Detail
	// Service is the hub's own connection string: devices get theirs from it.
	Service connstr.Service
	// Create asks for new identities and makes them. Nil: none can be made.
	Create Creator
	// Certificates is the folder where certificates of devices are by themselves.
	Certificates string
	// Choice is the file of the chosen columns and of the order. "": none are kept.
	Choice string
	// Poll is how often the rows on screen are read again, 2 s when 0. A hub that
	// counts its queries wants it long.
	Poll time.Duration
	// Queries is the file of favourite queries and of those that were asked; "": none are kept.
	Queries string
	// PageSize is how many rows one call reads, 100 when 0.
	PageSize int
}

// Page is the Devices tab.
type Page struct {
	page.Mailbox
	ctx *page.Context
	o   Options

	rows   *rows
	table  *widget.Table
	filter *widget.Filter
	keys   keyMap

	width, height int
	keeper        keeper // of columns and order
	visible       bool
	focused       bool
	pane          pane
	zoomed        bool // the detail pane has all the room

	load     load
	bulk     int // devices of a page while many are read
	sorting  sorting
	arranger *roster.Arranger
	queries  queries
	stats    hub.RegistryStatistics
	known    bool // the statistics

	simulated simulated
	ours      map[string]bool // devices that this program has simulated
	shown     hub.Device      // last given to the detail pane
	sheet     *widget.Sheet   // for a certificate
	// certificate is the file that was used last.
	certificate string
	// certificates are those that were made in this session, by device id.
	certificates map[string]selfsigned.Files
	removal      *removal // the deletion of many that is under way
	wanted       string   // to be selected once it is there
	unsought     string   // what is not read on for
	ticking      bool
}

type pane int

const (
	listPane pane = iota
	detailPane
)

// New returns the page. Nothing is read before Init.
func New(ctx *page.Context, o Options) *Page {
	if o.Poll == 0 {
		o.Poll = 2 * time.Second
	}
	if o.PageSize == 0 {
		o.PageSize = 100
	}
	p := &Page{
		Mailbox: ctx.NewMailbox(), ctx: ctx, o: o, focused: true, bulk: hub.MaxListed,
		filter: widget.NewFilter("/", "part of an id"),
		keys:   newKeyMap(ctx.Keys), arranger: roster.NewArranger(),
		ours: map[string]bool{}, simulated: simulated{fleet: o.Fleet, starting: map[string]bool{}},
		certificates: map[string]selfsigned.Files{},
	}
	p.queries = p.newQueries()
	p.joinCreator()
	p.rows = newRows(ctx)
	p.rows.simulated = p.simulated.of
	p.table = widget.NewTable(p.rows, heads(p.rows.columns)...)
	p.table.Sorted = 0
	p.updateKeys()
	return p
}

// Title implements page.Page.
func (p *Page) Title() string { return "Devices" }

// Children are the pages inside this one.
func (p *Page) Children() []page.Page {
	if outer, ok := p.o.Detail.(interface{ Children() []page.Page }); ok {
		return append(outer.Children(), p.o.Detail)
	}
	return []page.Page{p.o.Detail}
}

// SelectedDevice implements page.Selector.
func (p *Page) SelectedDevice() string { return p.table.Key() }

// CapturesText implements page.TextCapturer.
func (p *Page) CapturesText() bool {
	return p.queries.bar.Opened() || p.filter.Focused() || (p.pane == detailPane && p.o.Detail.CapturesText())
}

// Init reads the first page of the list.
func (p *Page) Init() tea.Cmd {
	first := p.reload
	if p.o.Choice != "" && p.o.Registry != nil {
		p.load.busy = true // until the columns are known that are to be read
		first = p.readChoice
	}
	return tea.Batch(first(), p.o.Detail.Init())
}

// Close implements page.Closer.
func (p *Page) Close() {
	// A choice made in the last instant may not be written yet. There is nobody left to
	// tell when it cannot be.
	if p.keeper.newest > 0 {
		_ = p.keeper.save(p.keeper.newest, p.o.Choice, p.chosen())
	}
	p.Mailbox.Close()
	if c, ok := p.o.Detail.(page.Closer); ok {
		c.Close()
	}
}

// SetVisible starts and ends the polling.
func (p *Page) SetVisible(visible bool) tea.Cmd {
	p.visible = visible
	watched := p.watchDetail()
	if !visible || p.ticking {
		return watched
	}
	p.ticking = true
	return tea.Batch(watched, p.tick(), p.poll())
}

// SetFocused implements page.Focuser.
func (p *Page) SetFocused(focused bool) {
	p.focused = focused
	p.tellFocus()
}

func (p *Page) tellFocus() {
	if f, ok := p.o.Detail.(page.Focuser); ok {
		f.SetFocused(p.focused && p.pane == detailPane)
	}
}
