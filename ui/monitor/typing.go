package monitor

import (
	"errors"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/monitor/filter"
	"hubscope/ui/safe"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// typed is the line that is being typed into; nil when none is.
func (p *Page) typed() *widget.Filter {
	switch {
	case p.filter.Focused():
		return p.filter
	case p.find.input.Focused():
		return p.find.input
	}
	return nil
}

// typingError is what is wrong with what is being typed.
func (p *Page) typingError() error {
	switch {
	case p.filter.Focused():
		return p.filterError
	case p.find.input.Focused():
		return p.find.err
	}
	return nil
}

// typingLine is what stands under the line that is being typed into: what is wrong, or how filters are written while
// there is nothing yet. "" is nothing.
func (p *Page) typingLine(indent, width int) string {
	if err := p.typingError(); err != nil {
		return underline(p.ctx.Styles, p.typed(), err, indent, width)
	}
	if !p.filter.Focused() {
		return ""
	}
	note := ""
	if p.filter.Value() == "" {
		note = briefest(width - 2)
	}
	if name, _ := filter.CutName(p.filter.Value()); name != "" {
		note = "enter keeps the filter as " + safe.Line(name, 32) + "; to compare, write =="
	}
	if note == "" {
		return ""
	}
	return p.ctx.Styles.Muted.Render(widget.Fit(" "+note, width))
}

// underline points at the place of a mistake in a line of text above, and says what it is.
func underline(s *theme.Styles, input *widget.Filter, err error, indent, width int) string {
	x := mistakeAt(input, err, indent, width)
	text := safe.Inline(err.Error())
	room := width - x - 2
	if ansi.StringWidth(text) <= room || x < width/2 {
		return s.Danger.Render(widget.Fit(strings.Repeat(" ", x)+"^ "+safe.Line(text, room), width))
	}
	return s.Danger.Render(widget.Fit(widget.FitRight(safe.Line(text, x-1), x-1)+" ^", width))
}

// mistakeAt is the cell under which a mistake is.
func mistakeAt(input *widget.Filter, err error, indent, width int) int {
	x := indent
	var at *filter.Error
	if errors.As(err, &at) {
		x += input.CellOf(at.Column - 1)
	}
	return max(0, min(x, width-2))
}

// examples of the language of filters, the most telling first.
var examples = []string{
	`text`, `-not`, `wind-*`, `body.windSpeed > 14 and device startsWith "wind"`, `/regexp/`, `prop:name=value`, `size:>1kB`, `age:<5m`, `source:twin`,
}

// briefest are as many examples as fit.
func briefest(width int) string {
	line := ""
	for _, e := range examples {
		if longer := line + e; ansi.StringWidth(longer) <= width {
			line = longer + "   "
		}
	}
	return strings.TrimRight(line, " ")
}

// grammar says in a few lines how filters are written.
func grammar(s *theme.Styles, width int) []string {
	var lines []string
	for _, l := range [][2]string{
		{"words", `text  "a b"  -not  /regexp/  wind-*  device:wind-?`},
		{"", `prop:name  prop:name=value  source:twin  size:>1kB  age:<5m`},
		{"or", `body.windSpeed > 14 and device startsWith "wind"`},
		{"", `and or not  == != < <= > >=  in contains startsWith matches`},
	} {
		lines = append(lines, s.Muted.Render(widget.Fit("  "+widget.Fit(l[0], formLabel)+l[1], width)))
	}
	return lines
}
