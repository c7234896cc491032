package method

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// Many is the page that calls one method on many devices. It lies over the tabs and lives on when it is left: a call
// under way goes on.
type Many struct {
	page.Mailbox
	ctx *page.Context
	o   Options

	width, height    int
	focused, visible bool

	form    *form
	results *results
	table   *widget.Table
	batch   *batch // under way; nil: none is
	until   time.Time
	typing  bool
	opened  bool // the answer of a device has all the room
	answer  answerView
	serial  int
	tick    ticker
	export  *exporting
}

// NewMany returns the page with no devices.
func NewMany(ctx *page.Context, o Options) *Many {
	p := &Many{Mailbox: ctx.NewMailbox(), ctx: ctx, o: o.withDefaults(), focused: true}
	p.form = newForm(ctx, func() []string { return p.o.Memory.names(p.known()) })
	p.form.take(p.o.Memory.last)
	p.answer.ctx = ctx
	p.answer.sharpen()
	p.begin(nil)
	return p
}

// begin shows these devices, none of them called.
func (p *Many) begin(ids []string) {
	p.results = newResults(p.ctx, ids)
	p.table = widget.NewTable(p.results, resultColumns...)
	p.table.Sync()
	p.opened = false
	p.layout()
}

// known are the methods that the simulated devices among those on screen have; a few tell enough.
func (p *Many) known() []string {
	const asked = 20
	var out []string
	for _, one := range p.results.all[:min(asked, len(p.results.all))] {
		for _, name := range p.o.Known(one.device) {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// Init implements page.Page.
func (p *Many) Init() tea.Cmd { return nil }

// Title implements page.Page.
func (p *Many) Title() string { return "Many methods" }

// SetFocused implements page.Focuser.
func (p *Many) SetFocused(focused bool) { p.focused = focused }

// CapturesText implements page.TextCapturer.
func (p *Many) CapturesText() bool { return p.typing }

// TakesBack implements page.Backer: esc cancels, or closes an answer, before it leaves the page.
func (p *Many) TakesBack() bool { return p.batch != nil || p.opened }

// Close implements page.Closer.
func (p *Many) Close() { p.Mailbox.Close() }

// SetVisible implements page.Watcher.
func (p *Many) SetVisible(visible bool) tea.Cmd {
	p.visible = visible
	return p.tickOn()
}

// manyTick is how often what came is taken: seen or not, so that it does not pile up.
const manyTick = 100 * time.Millisecond

func (p *Many) tickOn() tea.Cmd {
	if p.tick.on || p.batch == nil {
		return nil
	}
	p.tick.on = true
	return p.Act(tea.Tick(manyTick, func(time.Time) tea.Msg { return tickMsg{} }))
}

// Update implements page.Page.
func (p *Many) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.onKey(msg)
	case tea.PasteMsg:
		if p.typing {
			return p.typed(msg)
		}
	case tea.MouseClickMsg:
		p.onClick(msg)
	case tea.MouseWheelMsg:
		p.onWheel(msg)
	case page.CallMany:
		return p.onCallMany(msg)
	case tickMsg:
		p.tick.on = false
		p.collect()
		return p.tickOn()
	case startMsg:
		return p.start(msg.rows)
	case batchEndedMsg:
		return p.onEnded(msg)
	case favouritesMsg:
		return p.o.Memory.onFavourites(msg)
	case takeMsg:
		p.form.take(msg.favourite.call())
		p.form.at = payloadPart
		return p.write()
	case exportMsg:
		return p.onExport(msg)
	case page.ThemeMsg:
		p.form.sharpen()
		p.answer.sharpen()
	}
	return nil
}

// onCallMany shows the devices, unless a call on others is under way.
func (p *Many) onCallMany(m page.CallMany) tea.Cmd {
	if p.batch != nil {
		return page.Tell(page.Report{
			Severity: page.Warning, Text: "a call on " + widget.Plural(len(p.batch.rows), "device") + " is still under way", Next: "esc cancels it",
		})
	}
	if !slices.EqualFunc(m.DeviceIDs, p.results.all, func(id string, r *result) bool { return id == r.device }) {
		p.begin(m.DeviceIDs)
	}
	if p.ctx.May(page.Invoke) && p.results.tally().left == len(m.DeviceIDs) {
		if p.form.name.Value() == "" {
			p.form.take(p.o.Memory.last)
		}
		return tea.Batch(p.write(), p.readFavourites(false))
	}
	return p.readFavourites(false)
}

func (p *Many) denied() tea.Cmd { return failure.Denied(p.ctx, page.Invoke, notCalled) }

// current is the result under the cursor, nil when there is none.
func (p *Many) current() *result {
	row := p.results.Find(p.table.Key())
	if row < 0 {
		return nil
	}
	return p.results.all[p.results.order[row]]
}

func (p *Many) arrange() {
	p.results.arrange()
	p.table.Sync()
	p.layout()
}

func (p *Many) readFavourites(show bool) tea.Cmd { return p.o.Memory.readFavourites(p.book(), show) }

func (p *Many) book() bookOptions {
	call, _, err := p.form.call()
	return bookOptions{ctx: p.ctx, memory: p.o.Memory, act: p.Act, call: call, writes: err == nil}
}
