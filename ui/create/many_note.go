package create

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"hubscope/ui/failure"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// prose is the text of a note under way.
type prose struct {
	width int
	lines []string
}

// add adds a sentence, with a sign before its first line.
func (p *prose) add(sign string, style lipgloss.Style, text string) {
	for _, l := range widget.Wrap(safe.Inline(text), p.width-3) {
		p.lines = append(p.lines, style.Render(sign+" "+l))
		sign = " "
	}
}

func (p *prose) gap() { p.lines = append(p.lines, "") }

// note says what was made, what was not and why, and where all of it is written.
func (r *manyRun) note(o manyOutcome) *note {
	title, text := "New devices", r.result
	switch {
	case len(o.summary.Mistakes) > 0:
		title, text = "Mistakes in the list", r.mistakes
	case r.job.dry:
		title = "Dry run"
	case r.stopped(o):
		title = "Stopped"
	}
	return &note{styles: r.many.d.ctx.Styles, keys: r.many.d.ctx.Keys, title: title, text: func(width int) []string {
		p := &prose{width: width}
		text(p, o)
		return p.lines
	}}
}

func (r *manyRun) mistakes(p *prose, o manyOutcome) {
	s := r.many.d.ctx.Styles
	p.add(" ", s.Strong, fmt.Sprintf("Nothing was made. %s of the list can be read.", widget.Plural(o.summary.Entries, "device")))
	p.gap()
	for _, m := range o.summary.Mistakes {
		p.add("✗", s.Text, m.Error())
	}
	if o.summary.More > 0 {
		p.add(" ", s.Muted, "and "+widget.Count(o.summary.More)+" more")
	}
}

func (r *manyRun) result(p *prose, o manyOutcome) {
	s := r.many.d.ctx.Styles
	p.add(" ", s.Strong, wordsOf(o.counts))
	if span := o.span(); span != "" {
		p.add(" ", s.Text, span)
	}
	if !r.job.dry && o.took >= time.Second && o.counts.Created > 0 {
		p.add(" ", s.Muted, fmt.Sprintf("in %s, %s a second", widget.Span(o.took), widget.Count(int(float64(o.counts.Created)/o.took.Seconds()))))
	}
	if o.results != "" {
		p.add(" ", s.Muted, "What became of each is in "+shownPath(o.results))
	}
	if o.err != nil && !r.stopped(o) {
		sentence, next := failure.Words(o.err)
		p.gap()
		p.add("✗", s.Danger, strings.TrimSuffix(sentence+"; "+next, "; "))
	}
	named(p, s.Danger, "✗", o.failed)
	named(p, s.Warning, "!", o.warned)
}

// named lists what went wrong with single devices.
func named(p *prose, style lipgloss.Style, sign string, f failures) {
	if f.n == 0 {
		return
	}
	p.gap()
	for _, sentence := range f.sentences(mostKinds) {
		p.add(sign, style, sentence)
	}
	if f.more > 0 {
		p.add(" ", style, "and "+widget.Count(f.more)+" more, for other reasons")
	}
}

// span names the first and the last that were made.
func (o manyOutcome) span() string {
	switch {
	case o.first.DeviceID == "":
		return ""
	case o.first.DeviceID == o.last:
		return safe.Line(o.last, 128)
	}
	return safe.Line(o.first.DeviceID, 128) + " to " + safe.Line(o.last, 128)
}
