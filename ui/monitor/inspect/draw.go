package inspect

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"hubscope/hub/events/payload"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// facts gives as many of the lines about the event as there is room for, the document being more important.
func (in *Inspector) facts() []history.Attribute {
	facts := in.withApart(factLines(in.ctx, &in.Event))
	spare := in.height - 3 - in.doc.Len()
	return facts[:min(len(facts), max(1, in.height/5, spare))]
}

// withApart puts the time from the mark behind the time of the event: who set a mark looks for it.
func (in *Inspector) withApart(facts []history.Attribute) []history.Attribute {
	if in.Apart == nil {
		return facts
	}
	if text := in.Apart(in.Number, &in.Event); text != "" {
		facts = slices.Insert(facts, min(1, len(facts)), history.Attribute{Name: "From mark", Value: text})
	}
	return facts
}

// heads is how many lines there are above the document: the title, the facts, the parts and what could not be decoded.
func (in *Inspector) heads() int {
	n := 2 + len(in.facts())
	if in.failure() != "" {
		n++
	}
	return n
}

// Rows is how many lines of the document can be seen; the last line of all tells where the cursor is.
func (in *Inspector) Rows() int { return max(1, in.height-in.heads()-1) }

// Draw gives exactly width x height cells.
func (in *Inspector) Draw() string {
	if in.width <= 0 || in.height <= 0 || in.doc == nil {
		return widget.Box(nil, in.width, in.height)
	}
	s := in.ctx.Styles
	lines := []string{in.title()}
	for _, f := range in.facts() {
		style := s.Text
		if f.Name == skewFact {
			style = s.Warning
		}
		text := safe.Line(fmt.Sprint(f.Value), max(0, in.textWidth()-12))
		lines = append(lines, " "+s.Muted.Render(widget.Fit(f.Name, 12))+style.Render(text))
	}
	lines = append(lines, in.parts())
	if text := in.failure(); text != "" {
		lines = append(lines, " "+s.Warning.Render(safe.Line(text, in.textWidth())))
	}
	lines = append(lines, in.documentLines()...)
	return widget.Box(append(lines, in.foot()), in.width, in.height)
}

func (in *Inspector) documentLines() []string {
	rows := in.Rows()
	lines := make([]string, 0, rows)
	if in.doc.Len() == 0 {
		lines = append(lines, " "+in.ctx.Styles.Muted.Render(in.nothing()))
	}
	for i := in.top; i < min(in.doc.Len(), in.top+rows); i++ {
		lines = append(lines, in.documentLine(i))
	}
	for len(lines) < rows {
		lines = append(lines, "")
	}
	return lines
}

func (in *Inspector) documentLine(i int) string {
	if i != in.cursor || !in.isPointed() {
		return " " + in.doc.Line(i, &in.pens.plain)
	}
	pens := &in.pens.blurred
	if in.Focused {
		pens = &in.pens.selected
	}
	blank := &pens[paint.PlainSpan]
	line := in.doc.Line(i, pens)
	return blank.Render(" ") + line + blank.Render(strings.Repeat(" ", max(0, in.width-1-lipgloss.Width(line))))
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
	text := e.Name()
	if output := e.Output(); output != "" {
		text += " → " + output
	}
	return widget.Ends(" "+name.Render(safe.Line(text, room)), right, in.width)
}

// failure says why a body is shown as it was sent.
func (in *Inspector) failure() string {
	switch {
	case in.view != bodyView:
		return ""
	case in.body.Err != nil && len(in.body.Steps) > 0:
		return "✗ " + in.body.Err.Error() + "; shown as far as it was decoded"
	case in.body.Err != nil:
		return "✗ " + in.body.Err.Error() + "; shown as it was sent"
	case len(in.body.Data) > largest && in.body.Form == payload.Text:
		return "only the first " + SizeText(largest) + " of the " + SizeText(len(in.body.Data)) + " that it grew to"
	}
	return ""
}

// foot tells which field is under the cursor, what the part is, and where in it one is.
func (in *Inspector) foot() string {
	s := in.ctx.Styles
	right := s.Muted.Render(in.extent() + " ")
	left := ""
	if p, found := in.Point(); found {
		left = safe.Line(p.Path.String(), max(0, in.width-lipgloss.Width(right)-3))
	}
	return widget.Ends(" "+s.Accent.Render(left), right, in.width)
}

// extent tells the size of the body and how it was decoded, and which lines can be seen when not all can.
func (in *Inspector) extent() string {
	text := ""
	switch in.view {
	case bodyView:
		text = in.formText()
	case rawView, hexView:
		text = "as sent, " + SizeText(len(in.Event.Body))
	}
	rows, total := in.Rows(), in.doc.Len()
	if total > rows {
		text += fmt.Sprintf("  %s/%s", widget.Count(min(total, in.top+rows)), widget.Count(total))
	}
	return text
}

// formText reads "gzip, CBOR → JSON 39 B".
func (in *Inspector) formText() string {
	if in.body.Form == payload.Empty {
		return ""
	}
	text := fmt.Sprintf("%s %s", in.body.Form, SizeText(len(in.body.Data)))
	if len(in.body.Steps) > 0 {
		text = strings.Join(in.body.Steps, ", ") + " → " + text
	}
	return text
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
