// Package inspect shows one event in full: its body, its properties, where it stands and which way it took.
package inspect

import (
	"fmt"
	"strings"

	"hubscope/hub/events/payload"

	"charm.land/lipgloss/v2"

	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/paint"
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

// Inspector shows one event in full. It holds a copy, so that the event stays when it falls out of the history.
type Inspector struct {
	ctx *page.Context

	Opened  bool          // to be read only
	Focused bool          // the keys go to it
	Number  uint64        // of the event in the history; to be read only
	Event   history.Event // to be read only

	width, height int
	view          view
	form          payload.Form
	doc           paint.Document
	top           int
	pens          [paint.Kinds]paint.Pen
}

// New makes an inspector with nothing open.
func New(ctx *page.Context) *Inspector {
	in := &Inspector{ctx: ctx}
	in.Restyle()
	return in
}

// Restyle takes the styles as they are now.
func (in *Inspector) Restyle() { in.pens = paint.NewSpanPens(in.ctx.Styles) }

// Show opens an event; the part that is looked at stays.
func (in *Inspector) Show(n uint64, e *history.Event) {
	if in.Opened && in.Number == n && in.doc != nil {
		return
	}
	in.Opened, in.Number, in.Event = true, n, *e
	in.form = payload.FormOf(e.Body)
	in.top = 0
	in.layOut()
}

// Close closes the event; the part that was looked at stays for the next one.
func (in *Inspector) Close() {
	*in = Inspector{ctx: in.ctx, pens: in.pens, view: in.view, width: in.width, height: in.height}
}

// SetSize gives the room in cells.
func (in *Inspector) SetSize(width, height int) {
	changed := width != in.width
	in.width, in.height = width, height
	if in.Opened && (changed || in.doc == nil) {
		in.layOut()
	}
	in.Scroll(0)
}

// textWidth leaves a cell at both sides.
func (in *Inspector) textWidth() int { return in.width - 2 }

func (in *Inspector) layOut() {
	in.doc = in.document()
	in.Scroll(0)
}

func (in *Inspector) document() paint.Document {
	width := in.textWidth()
	e := &in.Event
	switch in.view {
	case propertiesView:
		return fieldsDocument(e.Application, width)
	case systemView:
		return fieldsDocument(systemFields(e), width)
	case rawView:
		return paint.NewHex(e.Body, width)
	}
	switch in.form {
	case payload.JSON:
		return paint.NewJSON(e.Body, width)
	case payload.Text:
		return paint.NewPlain(string(e.Body), width)
	}
	return paint.NewHex(e.Body, width)
}

// Turn goes to the next or previous part.
func (in *Inspector) Turn(n int) {
	in.view = (in.view + view(n) + views) % views
	in.top = 0
	in.layOut()
}

// Len is how many lines the part has that is looked at.
func (in *Inspector) Len() int {
	if in.doc == nil {
		return 0
	}
	return in.doc.Len()
}

// Scroll moves by n lines, down when it is positive.
func (in *Inspector) Scroll(n int) {
	if in.doc == nil {
		return
	}
	in.top = max(0, min(in.top+n, in.doc.Len()-in.Rows()))
}

// facts gives as many of the lines about the event as there is room for, the document being more important.
func (in *Inspector) facts() []history.Attribute {
	facts := factLines(in.ctx, &in.Event)
	spare := in.height - 2 - in.doc.Len()
	return facts[:min(len(facts), max(1, in.height/5, spare))]
}

// Rows is how many lines of the document can be seen: all but the title, the facts, the parts and a line between.
func (in *Inspector) Rows() int { return max(1, in.height-len(in.facts())-2) }

// Draw gives exactly width x height cells.
func (in *Inspector) Draw() string {
	if in.width <= 0 || in.height <= 0 || in.doc == nil {
		return widget.Box(nil, in.width, in.height)
	}
	s := in.ctx.Styles
	lines := []string{in.title()}
	for _, f := range in.facts() {
		text := safe.Line(fmt.Sprint(f.Value), max(0, in.textWidth()-12))
		lines = append(lines, " "+s.Muted.Render(widget.Fit(f.Name, 12))+s.Text.Render(text))
	}
	lines = append(lines, in.parts())
	if in.doc.Len() == 0 {
		lines = append(lines, " "+s.Muted.Render(in.nothing()))
	}
	for i := in.top; i < min(in.doc.Len(), in.top+in.Rows()); i++ {
		lines = append(lines, " "+in.doc.Line(i, &in.pens))
	}
	return widget.Box(lines, in.width, in.height)
}

func (in *Inspector) title() string {
	s := in.ctx.Styles
	e := &in.Event
	name := s.Title
	if in.Focused {
		name = s.TabActive
	}
	place := fmt.Sprintf("p%s  #%d", safe.Inline(e.Partition), e.Sequence)
	if e.Partition == "" {
		place = ""
	}
	right := s.Muted.Render(place + "  " + safe.Line(history.SourceName(e.Source), 16) + " ")
	room := in.width - lipgloss.Width(right) - 2
	return widget.Ends(" "+name.Render(safe.Line(e.Name(), room)), right, in.width)
}

// parts names the parts of an event, and tells how large the one is that is seen.
func (in *Inspector) parts() string {
	s := in.ctx.Styles
	names := [views]string{
		bodyView:       "Body",
		propertiesView: fmt.Sprintf("Properties %d", len(in.Event.Application)),
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
func (in *Inspector) extent() string {
	text := ""
	if in.view == bodyView && in.form != payload.Empty {
		text = fmt.Sprintf("%s %s", in.form, SizeText(len(in.Event.Body)))
	}
	rows, total := in.Rows(), in.doc.Len()
	if total > rows {
		text += fmt.Sprintf("  %s/%s", widget.Count(min(total, in.top+rows)), widget.Count(total))
	}
	return text
}

func (in *Inspector) nothing() string {
	switch in.view {
	case propertiesView:
		return "no application properties"
	default:
		return "the body is empty"
	}
}

// SizeText is a number of bytes for people.
func SizeText(n int) string {
	switch {
	case n < 1024:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f kB", float64(n)/1024)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
