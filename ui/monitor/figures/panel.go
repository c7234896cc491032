// Package figures shows the events of the monitor as figures: rates and latencies, last values, counts, charts, and what
// became of the messages of simulated devices.
package figures

import (
	"time"

	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/figures/series"
	"hubscope/ui/monitor/figures/tally"
	"hubscope/ui/monitor/figures/values"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/unpack"
	"hubscope/ui/page"
)

// part is a part of the panel.
type part int

const (
	devicesPart part = iota
	partitionsPart
	valuesPart
	countPart
	chartPart
	proofPart
	parts
)

// Panel shows figures. What every event is counted for is counted always; what needs a field only while it is looked
// at: then what has come meanwhile is taken from the history first.
type Panel struct {
	ctx     *page.Context
	keys    keyMap
	history func() *history.History
	shelf   *unpack.Shelf
	lacked  bool // what is seen lacks bodies that are being unpacked
	act     Actor

	Opened  bool // to be read only
	Focused bool // the keys go to it

	tally *tally.Tally
	part  part
	scope string

	devices, partitions *board[flowRow]
	values              *board[valueRow]
	count               *board[countRow]
	legend              *board[lineRow]
	proof               *board[proofRow]

	columns  []field.Path // of values
	picked   []field.Path
	unpicked map[string]bool

	counts  *values.Counts
	counted follower
	total   uint64 // of events counted, as the rows tell it

	series   *series.Series
	followed follower
	slots    chartSlots
	stretch  int
	from, to time.Time // of the chart

	width, height int
}

// New makes a panel that is closed. h gives the history of the page, which may become another; bodies are unpacked by
// the shelf.
func New(ctx *page.Context, h func() *history.History, shelf *unpack.Shelf, act Actor) *Panel {
	p := &Panel{ctx: ctx, keys: newKeyMap(ctx.Keys), history: h, shelf: shelf, act: act, unpicked: map[string]bool{}}
	p.devices, p.partitions, p.proof = p.newDevicesBoard(), p.newPartitionsBoard(), p.newProofBoard()
	p.count, p.legend = p.newCountBoard(), p.newLegendBoard()
	p.Reset()
	return p
}

// Reset forgets all figures, and counts from now on.
func (p *Panel) Reset() {
	p.tally = tally.New(p.ctx.Time())
	p.values = nil
	p.count.show(nil)
	if p.counts != nil {
		p.countBy(p.counts.Path)
	}
	if p.series != nil {
		p.chart(p.series.Path)
	}
	p.Refresh()
}

// Add counts an event that has just been appended to the history.
func (p *Panel) Add(e *history.Event) { p.tally.Add(p.history().End()-1, e) }

// Settle must follow when the events of a batch have been added.
func (p *Panel) Settle() { p.tally.Settle(p.history().Event) }

// Tick ends a second.
func (p *Panel) Tick(now time.Time) {
	p.tally.Turn(now)
	p.Refresh()
}

// SetScope tells that only one device is of interest; "" for all.
func (p *Panel) SetScope(deviceID string) {
	p.scope = deviceID
	p.Refresh()
}

// Open shows the panel.
func (p *Panel) Open() {
	p.Opened, p.Focused = true, true
	p.choose()
	p.Step(firstStep)
	p.Refresh()
}

// Close hides the panel.
func (p *Panel) Close() { p.Opened, p.Focused = false, false }

// Chart shows a field over time.
func (p *Panel) Chart(path field.Path) {
	p.part = chartPart
	if p.series == nil || p.series.Path.String() != path.String() {
		p.chart(path)
	}
	p.Open()
}

func (p *Panel) chart(path field.Path) {
	p.series, p.followed = series.New(path), follower{}
	p.slots = chartSlots{of: map[string]int{}}
	p.legend.show(nil)
}

func (p *Panel) countBy(path field.Path) {
	p.counts, p.counted = values.NewCounts(path), follower{}
}

// Refresh makes the figures that are seen anew.
func (p *Panel) Refresh() {
	if !p.Opened {
		return
	}
	now := p.ctx.Time()
	p.lacked = false
	switch p.part {
	case devicesPart:
		p.devices.show(p.deviceRows(now))
	case partitionsPart:
		p.partitions.show(p.partitionRows(now))
	case valuesPart:
		p.refreshValues(now)
	case countPart:
		if p.counts != nil {
			p.total = p.counts.Total
			p.count.show(countRows(p.counts))
		}
	case chartPart:
		p.choose() // what there is to draw may have been packed
		p.refreshChart()
	case proofPart:
		p.proof.show(p.proofRows())
	}
}

// turn goes to the next or previous part.
func (p *Panel) turn(n int) {
	p.part = (p.part + part(n) + parts) % parts
	p.choose()
	p.Step(firstStep)
	p.Refresh()
	p.resizeBoards()
}

// choose gives a part that needs a field one to begin with.
func (p *Panel) choose() {
	switch {
	case p.part == countPart && p.counts == nil:
		p.countBy(field.Of("device"))
	case p.part == chartPart && p.series == nil:
		if path, found := p.firstNumber(); found {
			p.chart(path)
		}
	}
}

// firstNumber is the first field of a body that holds a number.
func (p *Panel) firstNumber() (field.Path, bool) {
	for i, d := range p.tally.Devices() {
		if i >= searched {
			break
		}
		e, body := p.last(d)
		for _, path := range values.InBody(body) {
			if value, _ := path.With(e, body); isNumber(value) {
				return path, true
			}
		}
	}
	return field.Path{}, false
}

func isNumber(value any) bool {
	_, is := value.(float64)
	return is
}
