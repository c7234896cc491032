package figures

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/monitor/figures/tally"
	"hubscope/ui/monitor/figures/values"
	"hubscope/ui/monitor/inspect"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

var partNames = [parts]string{"Devices", "Partitions", "Values", "Count", "Chart", "Proof"}

// heads are the lines above a board: the parts, and what the part is about.
const heads = 2

// SetSize gives the room in cells.
func (p *Panel) SetSize(width, height int) {
	if width != p.width {
		p.width = width
		bars := p.newCountBoard()
		bars.show(p.count.rows)
		p.count = bars
	}
	p.height = height
	p.resizeBoards()
}

func (p *Panel) resizeBoards() {
	room := max(0, p.height-heads)
	for _, b := range []sheet{p.devices, p.partitions, p.count, p.proof} {
		b.setSize(p.width, room)
	}
	if p.values != nil {
		p.values.setSize(p.width, room)
	}
	p.legend.setSize(p.width, p.legendLines())
}

// board is the table of the part that is seen; nil when it has none yet.
func (p *Panel) board() sheet {
	switch p.part {
	case devicesPart:
		return p.devices
	case partitionsPart:
		return p.partitions
	case countPart:
		return p.count
	case chartPart:
		return p.legend
	case proofPart:
		return p.proof
	case valuesPart:
		if p.values != nil {
			return p.values
		}
	}
	return nil
}

// Draw gives exactly width x height cells.
func (p *Panel) Draw() string {
	if p.width <= 0 || p.height <= 0 {
		return ""
	}
	lines := []string{p.partsLine(), " " + p.ctx.Styles.Muted.Render(safe.Line(p.about(), p.width-2))}
	room := p.height - heads
	b := p.board()
	switch {
	case b == nil || b.len() == 0:
		lines = append(lines, p.drawEmpty()...)
	case p.part == chartPart:
		lines = append(lines, p.drawChart(room)...)
	default:
		lines = append(lines, strings.Split(b.view(p.ctx.Styles, p.Focused), "\n")...)
	}
	return widget.Box(lines, p.width, p.height)
}

func (p *Panel) partsLine() string {
	s := p.ctx.Styles
	names := make([]string, 0, parts)
	for i, name := range partNames {
		style := s.Tab
		if part(i) == p.part {
			style = s.TabActive
		}
		names = append(names, style.Render(name))
	}
	gap := "  "
	if p.width < 54 {
		gap = " "
	}
	return widget.Fit(" "+strings.Join(names, gap), p.width)
}

// about is one line on what is seen; the most important first, since the end may be cut.
func (p *Panel) about() string {
	switch p.part {
	case countPart:
		return p.aboutCount()
	case chartPart:
		return p.aboutChart()
	case proofPart:
		return p.aboutProof()
	case valuesPart:
		return p.joined(fmt.Sprintf("last event of %s", widget.Plural(len(p.tally.Devices()), "device")), p.others())
	}
	t := &p.tally.Total
	texts := []string{perSecond(t.Rate), inspect.SizeText(int(t.ByteRate)) + "/s"}
	if t.Here.Any() {
		texts = append(texts, fmt.Sprintf("hub to here p50 %s, p99 %s", inspect.Took(t.Here.Quantile(0.5)), inspect.Took(t.Here.Quantile(0.99))))
	}
	if t.Clock.Any() {
		texts = append(texts, fmt.Sprintf("device clock to hub p50 %s", inspect.Took(t.Clock.Quantile(0.5))))
	}
	texts = append(texts, p.others(), widget.Count(t.Events)+" since "+p.tally.Since.Format("15:04:05"))
	return p.joined(texts...)
}

// others says that there are more devices than are told apart.
func (p *Panel) others() string {
	if p.tally.Others == 0 {
		return ""
	}
	return fmt.Sprintf("%s devices told apart, %s more events of others", widget.Count(tally.MaxDevices), widget.Count(p.tally.Others))
}

func (p *Panel) aboutCount() string {
	c := p.counts
	if c == nil {
		return "e chooses the field to count by"
	}
	texts := []string{"by " + c.Path.String(), widget.Plural(c.Different(), "value") + " in " + widget.Plural(p.total, "event")}
	if c.Without > 0 {
		texts = append(texts, widget.Count(c.Without)+" without it")
	}
	if c.Others > 0 {
		texts = append(texts, fmt.Sprintf("only %s values told apart, %s events have others", widget.Count(values.MaxValues), widget.Count(c.Others)))
	}
	return p.joined(append(texts, p.reading(&p.counted))...)
}

func (p *Panel) aboutChart() string {
	if p.series == nil {
		return "e chooses the field to draw"
	}
	texts := []string{p.series.Path.String(), stretches[p.stretch].name}
	if p.scope != "" {
		texts = append(texts, "only "+p.scope)
	}
	hidden := 0
	for _, r := range p.legend.rows {
		if r.slot < 0 {
			hidden++
		}
	}
	if hidden > 0 {
		texts = append(texts, fmt.Sprintf("%d of %s drawn", p.legend.len()-hidden, widget.Plural(p.legend.len(), "device")))
	}
	if p.series.Others > 0 {
		texts = append(texts, widget.Count(p.series.Others)+" values of more devices left out")
	}
	return p.joined(append(texts, p.reading(&p.followed))...)
}

// reading tells how far the history has been read, when not all of it.
func (p *Panel) reading(f *follower) string {
	text := ""
	if behind := p.history().End() - max(f.next, p.history().First()); behind > 0 && !p.Done() {
		text = "reading, " + widget.Count(behind) + " to go"
	}
	if f.Fell > 0 {
		text = p.joined(text, widget.Count(f.Fell)+" fell out before they were read")
	}
	return text
}

func (p *Panel) aboutProof() string {
	if p.proof.len() == 0 {
		return "what became of the messages of simulated devices"
	}
	var missing, twice, late uint64
	for _, r := range p.proof.rows {
		missing, twice, late = missing+r.missing, twice+r.twice, late+r.late+r.tooLate
	}
	if missing+twice+late == 0 {
		return p.joined("nothing missing, nothing twice, all in order", "p50, p99: device clock to here")
	}
	return p.joined(widget.Count(missing)+" missing", widget.Count(twice)+" twice", widget.Count(late)+" out of order", "p50, p99: device clock to here")
}

// joined puts texts side by side, as many as there is room for; only the first is ever cut.
func (p *Panel) joined(texts ...string) string {
	const apart = "   "
	line := ""
	for _, text := range texts {
		switch {
		case text == "":
		case line == "":
			line = text
		case ansi.StringWidth(line)+len(apart)+ansi.StringWidth(text) <= p.width-2:
			line += apart + text
		}
	}
	return line
}

// drawEmpty says why there is nothing to see, and what to do.
func (p *Panel) drawEmpty() []string {
	s := p.ctx.Styles
	title, text := "No events yet", "Figures begin with the first event."
	switch {
	case p.part == proofPart && p.tally.Total.Events > 0:
		title, text = "No device numbers its messages", "Simulated devices do, so that loss, duplicates and order can be told: s on the Devices tab starts one."
	case p.part == chartPart && p.series == nil && p.tally.Total.Events > 0:
		title, text = "No field chosen", "e chooses the number to draw."
	case p.part == chartPart && p.series != nil && p.tally.Total.Events > 0:
		title, text = "No numbers in "+p.series.Path.String(), "Events come without a number there so far. e chooses another field."
	case p.part == countPart && p.counts != nil && p.tally.Total.Events > 0:
		title, text = "No event has "+p.counts.Path.String(), "e chooses another field."
	}
	room := max(16, min(p.width-4, 70))
	lines := []string{""}
	for _, part := range []struct {
		text  string
		style lipgloss.Style
	}{{title, s.Title}, {text, s.Muted}} {
		for _, line := range widget.Wrap(safe.Inline(part.text), room) {
			lines = append(lines, "   "+part.style.Render(line))
		}
	}
	return lines
}

// Wheel scrolls by n rows.
func (p *Panel) Wheel(n int) {
	if b := p.board(); b != nil {
		b.wheel(n)
	}
}

// Click takes a click at a cell of the panel: on a part, a head or a row.
func (p *Panel) Click(x, y int) {
	p.Focused = true
	if y == 0 {
		p.clickPart(x)
		return
	}
	top := heads
	if p.part == chartPart {
		top = p.height - p.legendLines()
	}
	if b := p.board(); b != nil && y >= top {
		b.click(x, y-top)
	}
}

func (p *Panel) clickPart(x int) {
	at := 1
	gap := 2
	if p.width < 54 {
		gap = 1
	}
	for i, name := range partNames {
		if x >= at && x < at+len(name) {
			p.turn(i - int(p.part))
			return
		}
		at += len(name) + gap
	}
}
