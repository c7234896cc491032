package monitor

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// view is a part of an open event.
type view int

const (
	bodyView view = iota
	propertiesView
	systemView
	rawView
	views
)

// inspector shows one event in full. It holds a copy, so that the event stays when it falls out of the history.
type inspector struct {
	ctx *page.Context

	opened  bool
	focused bool
	number  uint64
	event   record

	width, height int
	view          view
	form          form
	doc           document
	top           int
	pens          [kinds]pen
}

func newInspector(ctx *page.Context) *inspector {
	in := &inspector{ctx: ctx}
	in.restyle()
	return in
}

func (in *inspector) restyle() { in.pens = newSpanPens(in.ctx.Styles) }

// show opens an event; the part that is looked at stays.
func (in *inspector) show(n uint64, e *record) {
	if in.opened && in.number == n && in.doc != nil {
		return
	}
	in.opened, in.number, in.event = true, n, *e
	in.form = formOf(e.Body)
	in.top = 0
	in.layOut()
}

func (in *inspector) close() {
	*in = inspector{ctx: in.ctx, pens: in.pens, view: in.view, width: in.width, height: in.height}
}

func (in *inspector) setSize(width, height int) {
	changed := width != in.width
	in.width, in.height = width, height
	if in.opened && (changed || in.doc == nil) {
		in.layOut()
	}
	in.scroll(0)
}

// textWidth leaves a cell at both sides.
func (in *inspector) textWidth() int { return in.width - 2 }

func (in *inspector) layOut() {
	in.doc = in.document()
	in.scroll(0)
}

func (in *inspector) document() document {
	width := in.textWidth()
	e := &in.event
	switch in.view {
	case propertiesView:
		return fieldsDocument(e.properties, width)
	case systemView:
		return fieldsDocument(systemFields(e), width)
	case rawView:
		return newHexDocument(e.Body, width)
	}
	switch in.form {
	case jsonBody:
		return jsonDocument(e.Body, width)
	case textBody:
		return plainDocument(string(e.Body), width)
	}
	return newHexDocument(e.Body, width)
}

// turn goes to the next or previous part.
func (in *inspector) turn(n int) {
	in.view = (in.view + view(n) + views) % views
	in.top = 0
	in.layOut()
}

func (in *inspector) scroll(n int) {
	if in.doc == nil {
		return
	}
	in.top = max(0, min(in.top+n, in.doc.len()-in.rows()))
}

// facts gives as many of the lines about the event as there is room for, the document being more important.
func (in *inspector) facts() []attribute {
	facts := factLines(in.ctx, &in.event)
	spare := in.height - 2 - in.doc.len()
	return facts[:min(len(facts), max(1, in.height/5, spare))]
}

// rows is how many lines of the document can be seen: all but the title, the facts, the parts and a line between.
func (in *inspector) rows() int { return max(1, in.height-len(in.facts())-2) }

// draw gives exactly width x height cells.
func (in *inspector) draw() string {
	if in.width <= 0 || in.height <= 0 || in.doc == nil {
		return widget.Box(nil, in.width, in.height)
	}
	s := in.ctx.Styles
	lines := []string{in.title()}
	for _, f := range in.facts() {
		text := safe.Line(fmt.Sprint(f.value), max(0, in.textWidth()-12))
		lines = append(lines, " "+s.Muted.Render(widget.Fit(f.name, 12))+s.Text.Render(text))
	}
	lines = append(lines, in.parts())
	if in.doc.len() == 0 {
		lines = append(lines, " "+s.Muted.Render(in.nothing()))
	}
	for i := in.top; i < min(in.doc.len(), in.top+in.rows()); i++ {
		lines = append(lines, " "+in.doc.line(i, &in.pens))
	}
	return widget.Box(lines, in.width, in.height)
}

func (in *inspector) title() string {
	s := in.ctx.Styles
	e := &in.event
	name := s.Title
	if in.focused {
		name = s.TabActive
	}
	place := fmt.Sprintf("p%s  #%d", safe.Inline(e.Partition), e.Sequence)
	right := s.Muted.Render(place + "  " + safe.Line(sourceName(e.Source), 16) + " ")
	room := in.width - lipgloss.Width(right) - 2
	return widget.Ends(" "+name.Render(safe.Line(deviceName(e), room)), right, in.width)
}

// parts names the parts of an event, and tells how large the one is that is seen.
func (in *inspector) parts() string {
	s := in.ctx.Styles
	names := [views]string{
		bodyView:       "Body",
		propertiesView: fmt.Sprintf("Properties %d", len(in.event.properties)),
		systemView:     "System",
		rawView:        "Hex",
	}
	parts := make([]string, 0, views)
	for i, name := range names {
		style := s.Tab
		if view(i) == in.view {
			style = s.TabActive
		}
		parts = append(parts, style.Render(name))
	}
	return widget.Ends(" "+strings.Join(parts, "  "), s.Muted.Render(in.extent()+" "), in.width)
}

// extent tells the size of the body, and which lines can be seen when not all can.
func (in *inspector) extent() string {
	text := ""
	if in.view == bodyView && in.form != emptyBody {
		text = fmt.Sprintf("%s %s", in.form, sizeText(len(in.event.Body)))
	}
	rows, total := in.rows(), in.doc.len()
	if total > rows {
		text += fmt.Sprintf("  %s/%s", widget.Count(min(total, in.top+rows)), widget.Count(total))
	}
	return text
}

func (in *inspector) nothing() string {
	switch in.view {
	case propertiesView:
		return "no application properties"
	default:
		return "the body is empty"
	}
}

// sizeText is a number of bytes for people.
func sizeText(n int) string {
	switch {
	case n < 1024:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f kB", float64(n)/1024)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
