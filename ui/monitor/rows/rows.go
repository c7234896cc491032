// Package rows draws the list of events, one a row.
package rows

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/monitor/summary"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// Painter draws rows, each once: a row is kept until the size, the columns, the theme or what is marked changes.
type Painter struct {
	ctx     *page.Context
	columns Columns
	marks   []filter.Mark

	plain, selected, blurred rowPens
	kept                     map[uint64]string
	flagged                  map[uint64]bool
	day                      string // today, for rows that are not of it
}

// keep bounds the drawn rows that are remembered: a few screens.
const keep = 1024

// NewPainter makes a painter with no columns yet.
func NewPainter(ctx *page.Context) *Painter {
	p := &Painter{ctx: ctx, kept: map[uint64]string{}, flagged: map[uint64]bool{}}
	p.Restyle()
	return p
}

// Restyle takes the styles as they are now.
func (p *Painter) Restyle() {
	s := p.ctx.Styles
	p.plain = newRowPens(s, lipgloss.NewStyle())
	p.selected = newRowPens(s, s.Selected)
	p.blurred = newRowPens(s, s.SelectedBlur)
	clear(p.kept)
}

// LayOut takes the widths of the columns.
func (p *Painter) LayOut(c Columns) {
	if c != p.columns {
		p.columns = c
		clear(p.kept)
	}
}

// Mark takes what is marked wherever it stands.
func (p *Painter) Mark(marks ...filter.Mark) {
	same := func(a, b filter.Mark) bool { return a.String() == b.String() }
	if !slices.EqualFunc(marks, p.marks, same) {
		p.marks = marks
		clear(p.kept)
	}
}

// Flag gives an event a sign in the gutter, or takes it away.
func (p *Painter) Flag(n uint64, on bool) {
	if on {
		p.flagged[n] = true
	} else {
		delete(p.flagged, n)
	}
	delete(p.kept, n)
}

// Forget has all rows drawn again, where what they tell has changed.
func (p *Painter) Forget() { clear(p.kept) }

// gutter is what stands before a row.
func (p *Painter) gutter(n uint64, cursor string) string {
	if p.flagged[n] {
		return FlagSign + cursor + " "
	}
	return " " + cursor + " "
}

// Today is told at each drawing; at midnight the rows of yesterday change their looks.
func (p *Painter) Today(now time.Time) {
	if day := now.Format(time.DateOnly); day != p.day {
		p.day = day
		clear(p.kept)
	}
}

// Row draws an event that is not under the cursor.
func (p *Painter) Row(n uint64, e *history.Event) string {
	if row, found := p.kept[n]; found {
		return row
	}
	if len(p.kept) >= keep {
		clear(p.kept)
	}
	row := p.draw(e, &p.plain, p.gutter(n, " "))
	p.kept[n] = row
	return row
}

// CursorRow draws the event under the cursor.
func (p *Painter) CursorRow(n uint64, e *history.Event, focused bool) string {
	pens := &p.blurred
	if focused {
		pens = &p.selected
	}
	return p.draw(e, pens, p.gutter(n, "▸"))
}

func (p *Painter) draw(e *history.Event, pens *rowPens, mark string) string {
	c := p.columns
	row := rowWriter{pens: pens}
	row.b.Grow(2*c.width + 200)
	row.cell(pens.marker, mark, Gutter, 0)
	row.cell(pens.time, p.clock(e.Enqueued), c.time, gap)
	row.marked(p.marks, func(row *rowWriter) { row.cell(pens.device, safe.Line(e.Name(), c.device), c.device, gap) })
	partition, number := place(e, c.partition)
	row.cell(pens.place, partition, c.partition, gap)
	if c.sequence > 0 {
		row.cell(pens.number, widget.FitRight(number, c.sequence), c.sequence, gap)
	}
	if c.source > 0 {
		source := history.SourceOf(e.Source)
		row.cell(pens.source(source), source.Sign()+" "+safe.Line(history.SourceName(e.Source), c.source-2), c.source, gap)
	}
	row.marked(p.marks, func(row *rowWriter) { p.body(row, e) })
	if c.props > 0 {
		row.cell(pens.blank, "", 0, gap)
		row.marked(p.marks, func(row *rowWriter) { row.cell(pens.properties, propertiesLine(e, c.props), c.props, 0) })
	}
	row.cell(pens.blank, "", c.width-row.used, 0)
	return row.b.String()
}

// place is where an event stands; what did not come from a partition stands nowhere.
func place(e *history.Event, width int) (partition, number string) {
	if e.Partition == "" {
		return "-", "-"
	}
	return "p" + safe.Line(e.Partition, width-1), strconv.FormatInt(e.Sequence, 10)
}

// body draws the body, with the source before it when that is not telemetry and has no column.
func (p *Painter) body(row *rowWriter, e *history.Event) {
	room := p.columns.body
	if p.columns.source == 0 && e.Source != "" && !history.IsTelemetry(e.Source) {
		source := history.SourceOf(e.Source)
		label := safe.Line(strings.TrimSpace(source.Sign()+" "+history.SourceName(e.Source)), room)
		row.cell(row.pens.source(source), label, ansi.StringWidth(label), 0)
		room -= ansi.StringWidth(label)
		row.cell(row.pens.blank, "", 0, min(1, room))
		room -= min(1, room)
	}
	if output := e.Output(); output != "" {
		label := safe.Line("→"+output+" ", room)
		row.cell(row.pens.place, label, ansi.StringWidth(label), 0)
		room -= ansi.StringWidth(label)
	}
	text := preview(e, room)
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		row.cell(row.pens.body, text, room, 0)
		return
	}
	// Names and signs step back behind the values.
	before := row.used
	for _, s := range pieces(paint.Tokens(text)) {
		look := row.pens.body
		if s.Kind == paint.KeySpan || s.Kind == paint.PunctSpan {
			look = row.pens.place
		}
		row.cell(look, s.Text, 0, 0)
	}
	row.cell(row.pens.blank, "", room-(row.used-before), 0)
}

// preview is the meaning of an event where that is known, else its body.
func preview(e *history.Event, width int) string {
	if text := summary.Of(e); text != "" {
		return safe.Line(text, width)
	}
	return paint.Preview(e.Body, width)
}

// pieces joins tokens that look the same in a row.
func pieces(spans []paint.Span) []paint.Span {
	quiet := func(s paint.Span) bool { return s.Kind == paint.KeySpan || s.Kind == paint.PunctSpan }
	joined := spans[:0]
	for _, s := range spans {
		if n := len(joined); n > 0 && quiet(joined[n-1]) == quiet(s) {
			joined[n-1].Text += s.Text
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// clock is the time of day; for another day the date, at the cost of seconds.
func (p *Painter) clock(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	t = p.ctx.Zoned(t)
	if t.Format(time.DateOnly) != p.day {
		return t.Format("Jan 02 15:04")
	}
	return t.Format("15:04:05.000")
}

// Heads draws the line above the rows.
func (p *Painter) Heads() string {
	c := p.columns
	var b strings.Builder
	b.WriteString(strings.Repeat(" ", Gutter))
	head := func(title string, width, gap int) {
		if width > 0 {
			b.WriteString(p.ctx.Styles.Heading.Render(widget.Fit(title, width)))
			b.WriteString(strings.Repeat(" ", gap))
		}
	}
	head("TIME", c.time, gap)
	head("DEVICE", c.device, gap)
	head("PART", c.partition, gap)
	head(widget.FitRight("SEQUENCE", c.sequence), c.sequence, gap)
	head("SOURCE", c.source, gap)
	head("BODY", c.body, min(c.props, gap))
	head("PROPERTIES", c.props, 0)
	return widget.Fit(b.String(), c.width)
}

// rowWriter puts cells side by side.
type rowWriter struct {
	b    strings.Builder
	pens *rowPens
	used int
}

// cell draws harmless text in exactly width cells and a gap behind it.
func (r *rowWriter) cell(p paint.Pen, text string, width, gap int) {
	r.b.WriteString(p.Open)
	r.b.WriteString(text)
	pad := max(0, width-ansi.StringWidth(text)) + gap
	for ; pad > 0; pad-- {
		r.b.WriteByte(' ')
	}
	r.b.WriteString(p.Close)
	r.used += max(width, ansi.StringWidth(text)) + gap
}

// marked draws a part of the row in which what is looked for is marked.
func (r *rowWriter) marked(marks []filter.Mark, draw func(*rowWriter)) {
	part := rowWriter{pens: r.pens}
	draw(&part)
	r.b.WriteString(paint.Highlight(part.b.String(), marks, r.pens.match))
	r.used += part.used
}

// ownProperties begins the names of what our simulated devices add to prove that nothing was lost. It is for the
// figures and the open event; in a row it would stand in the way of what the device itself says.
const ownProperties = "hubscope-"

// ofTheHub are properties of events that the hub itself makes: the row says what they say. protocol 7.8
var ofTheHub = map[string]bool{
	"hubName": true, "deviceId": true, "moduleId": true, "opType": true, "operationTimestamp": true, "iothub-message-schema": true,
}

// propertiesLine gives the application properties in one line, in order of their names.
func propertiesLine(e *history.Event, width int) string {
	if width <= 0 {
		return ""
	}
	var b strings.Builder
	for _, a := range e.Application {
		if strings.HasPrefix(a.Name, ownProperties) || ofTheHub[a.Name] && !history.IsTelemetry(e.Source) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(a.Name)
		b.WriteByte('=')
		b.WriteString(a.Text())
		if b.Len() > 8*width {
			break // enough to see that there is more
		}
	}
	return safe.Line(b.String(), width)
}
