package query

import (
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// View draws the bar in exactly width and height cells: the text, below it what is to be said
// about it, then the ways to go on.
func (b *Bar) View(width, height int) []string {
	lines := []string{b.line(width)}
	lines = append(lines, b.notes(width, height-1)...)
	lines = append(lines, b.offers(width, height-len(lines))...)
	return strings.Split(widget.Box(lines, width, height), "\n")
}

// notes are what is to be said: what is wrong and where, or how to write.
func (b *Bar) notes(width, height int) []string {
	s := b.styles
	switch {
	case b.refusal != nil:
		return b.refused(width, height)
	case strings.TrimSpace(b.Value()) == "":
		return []string{s.Muted.Render(widget.Fit("   a condition, or SELECT … FROM devices WHERE …", width))}
	case b.writing():
		return []string{""}
	case b.problem != nil:
		return []string{b.pointed(b.problem.At, b.problemWords(), b.problemStyle(), width)}
	case !b.statement.Devices:
		return []string{s.Info.Render(widget.Fit("   the answer is rows, not devices: it opens as a table", width))}
	}
	return []string{""}
}

// writing tells whether the problem is with the word that is being written, which has not got its end yet.
func (b *Bar) writing() bool {
	c := b.completion
	return b.problem != nil && b.problem.Grade != Wrong && b.problem.At == c.From && b.cursorByte() == c.To && len(c.Offers) > 0 && b.insisted != b.Value()
}

func (b *Bar) problemWords() string {
	text := b.problem.Reason
	if b.insisted == b.Value() {
		text += "; enter again asks it all the same"
	}
	return text
}

func (b *Bar) problemStyle() lipgloss.Style {
	switch {
	case b.problem.Grade == Wrong, b.insisted == b.Value():
		return b.styles.Danger
	case b.problem.Grade == Doubt:
		return b.styles.Warning
	}
	return b.styles.Muted
}

// refused points at the place of a refusal, with the sentence in as many lines as there are.
func (b *Bar) refused(width, height int) []string {
	s, r := b.styles, b.refusal
	var lines []string
	if r.at >= 0 {
		lines = append(lines, s.Danger.Render(widget.Fit(strings.Repeat(" ", b.cellOf(r.at))+"^", width)))
	}
	for i, l := range widget.Wrap(safe.Inline(r.sentence), max(1, width-4)) {
		sign := "   "
		if i == 0 {
			sign = " ✗ "
		}
		lines = append(lines, s.Danger.Render(sign+l))
	}
	if r.next != "" && len(lines) < height {
		lines = append(lines, "   "+s.Text.Render(widget.Fit(safe.Inline(r.next), max(1, width-4))))
	}
	return lines[:min(len(lines), max(0, height))]
}

// pointed is a line with a sentence at the place that it is about.
func (b *Bar) pointed(at int, sentence string, style lipgloss.Style, width int) string {
	x := b.cellOf(at)
	text := "column " + strconv.Itoa(b.problem.Column(b.Value())) + ": " + safe.Inline(sentence)
	room := width - x - 3
	if ansi.StringWidth(text) <= room || x < width/2 {
		return style.Render(widget.Fit(strings.Repeat(" ", x)+"^ "+safe.Line(text, max(1, room)), width))
	}
	return style.Render(widget.Fit(widget.FitRight(safe.Line(text, x-1), x-1)+" ^", width))
}

// offers draws the ways to go on, the one that was taken in sight.
func (b *Bar) offers(width, height int) []string {
	s, all := b.styles, b.completion.Offers
	if height <= 0 || len(all) == 0 {
		return nil
	}
	from := max(0, b.chosen-height+1)
	shown := all[from:min(len(all), from+height)]
	text := 0
	for _, o := range shown {
		text = max(text, ansi.StringWidth(safe.Line(o.Text, width/2)))
	}
	var lines []string
	for i, o := range shown {
		over, mark := s.Text.UnsetForeground(), "   "
		if from+i == b.chosen {
			over, mark = s.Selected, " ▸ "
		}
		line := s.Marker.Inherit(over).Render(mark) + s.Text.Inherit(over).Render(widget.Fit(safe.Line(o.Text, text), text)+"   ")
		room := max(0, min(width, 3+text+3+40)-3-text-3)
		lines = append(lines, line+s.Muted.Inherit(over).Render(widget.Fit(safe.Line(o.Hint, max(1, room)), room)))
	}
	if rest := len(all) - from - len(shown); rest > 0 {
		more := s.Muted.Render("+" + widget.Count(rest) + " ")
		lines[len(lines)-1] = widget.Ends(lines[len(lines)-1], more, width)
	}
	return lines
}
