package twin

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"hubscope/hub/twinpatch"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/safe"
)

// diffLine is a line of a patch: what happens to it, its JSON, and what there was.
type diffLine struct {
	sign  string // "+", "-", "~", or "" for what only leads to a change
	text  string // harmless
	was   string // harmless; "" when there was nothing, or more than a line tells
	title bool
}

// shortWas is how much is told of what there was.
const shortWas = 30

// diffLines writes a patch of the writable part: its sections, and their JSON line by line. What is deleted is null, as
// it is sent.
func diffLines(old, patch *twinpatch.Value) []diffLine {
	var w diffWriter
	for _, path := range [][]string{{"tags"}, {"properties", "desired"}} {
		if part := patch.At(path...); part != nil {
			w.lines = append(w.lines, diffLine{text: strings.Join(path, "."), title: true})
			w.members(old.At(path...), part, "  ")
		}
	}
	return w.lines
}

type diffWriter struct{ lines []diffLine }

func (w *diffWriter) members(old, patch *twinpatch.Value, indent string) {
	for _, m := range patch.Members {
		name := string((&twinpatch.Value{Kind: twinpatch.Text, Text: m.Name}).JSON()) + ": "
		was := old.Get(m.Name)
		switch {
		case m.Value.IsNull():
			w.add("-", indent+name+"null", was)
		case was == nil:
			w.value("+", indent, name, m.Value, nil)
		case was.Kind == twinpatch.Object && m.Value.Kind == twinpatch.Object:
			w.add("", indent+name+"{", nil)
			w.members(was, m.Value, indent+"  ")
			w.add("", indent+"}", nil)
		default:
			w.value("~", indent, name, m.Value, was)
		}
	}
}

// value writes a value over as many lines as it takes.
func (w *diffWriter) value(sign, indent, name string, v, was *twinpatch.Value) {
	for i, line := range strings.Split(v.Indented(), "\n") {
		if i == 0 {
			w.add(sign, indent+name+line, was)
			continue
		}
		w.add(sign, indent+line, nil)
	}
}

func (w *diffWriter) add(sign, text string, was *twinpatch.Value) {
	l := diffLine{sign: sign, text: safe.Inline(text)}
	if was != nil {
		l.was = safe.Line(string(was.JSON()), shortWas)
	}
	w.lines = append(w.lines, l)
}

// draw gives the line in at most width cells.
func (l diffLine) draw(p *Page, width int) string {
	s := p.ctx.Styles
	if l.title {
		return s.Muted.Render(safe.Line(l.text, width))
	}
	style := s.Text
	sign := " "
	switch l.sign {
	case "+":
		style, sign = s.Added, "+"
	case "-":
		style, sign = s.Removed, "-"
	case "~":
		style, sign = s.Fresh, "~"
	}
	was := ""
	if l.was != "" {
		was = "  (was " + l.was + ")"
	}
	room := max(8, width-2-ansi.StringWidth(was))
	text := ansi.Truncate(l.text, room, "…")
	return style.Render(sign+" ") + paint.Spans(paint.Tokens(text), &p.pens.plain) + s.Muted.Render(was)
}
