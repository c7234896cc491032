package monitor

import (
	"fmt"

	"hubscope/hub/events"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// advice is what an empty list says: what is so, why it can be, and what to press.
type advice struct {
	title string
	lines []reason
}

type reason struct {
	key  string // to press; "" for none
	text string
}

// empty says why there is nothing to see.
func (p *Page) empty() advice {
	switch {
	case p.history.ring.Len() > 0:
		return p.allHidden()
	case p.ended():
		sentence, next := p.explainEnd()
		return advice{"The stream has stopped", []reason{{"", sentence}, {"r", next}}}
	case p.parts.size() == 0 && p.parts.worst() == nil:
		return advice{"Connecting to the event stream", nil}
	}
	if worst := p.parts.worst(); worst != nil && worst.Phase == events.Retrying && p.parts.count(events.Live) == 0 {
		return advice{"No connection to the event stream", []reason{{"", p.plainNotice(worst)}, {"r", "tries again at once"}}}
	}
	return p.silent()
}

func (p *Page) plainNotice(worst *partition) string {
	if worst.Err == nil {
		return "It is tried again by itself"
	}
	return safe.Inline(worst.Err.Error())
}

func (p *Page) allHidden() advice {
	if !p.history.done() {
		return advice{"Searching", nil}
	}
	kept := widget.Plural(p.history.ring.Len(), "event")
	a := advice{title: kept + " kept, none shown"}
	if !p.applied.empty() {
		a.lines = append(a.lines, reason{"esc", "takes the filter " + p.applied.text + " away"})
	}
	if p.scope != "" {
		a.lines = append(a.lines, reason{"a", "shows all devices, not only " + p.scope})
	}
	return a
}

func (p *Page) silent() advice {
	title := fmt.Sprintf("No events %s", p.start.words)
	if p.scope != "" {
		title += " of " + p.scope
	}
	a := advice{title: title}
	add := func(key, text string) { a.lines = append(a.lines, reason{key, text}) }
	add("s", "on the Devices tab starts a simulated device, which sends")
	if p.start.key != "b" {
		add("t", "shows events that were sent before")
	}
	if !p.ctx.Local {
		add("", "A route of the hub can take messages elsewhere: they reach the built-in endpoint only as a fallback then")
	}
	add("", "Reading in the consumer group "+p.o.ConsumerGroup)
	return a
}

// drawEmpty draws the advice in the middle of the height, a third in from the left.
func (p *Page) drawEmpty(width, height int) []string {
	s := p.ctx.Styles
	a := p.empty()
	body := []string{s.Title.Render(safe.Line(a.title, width-gutter))}
	if len(a.lines) > 0 && height > len(a.lines)+2 {
		body = append(body, "")
	}
	for _, r := range a.lines {
		for i, text := range widget.Wrap(safe.Inline(r.text), max(20, min(width-gutter-6, 90))) {
			key := r.key
			if i > 0 {
				key = ""
			}
			body = append(body, s.Key.Render(widget.Fit(key, 5))+s.Muted.Render(text))
		}
	}
	top := max(0, (height-len(body))/3)
	lines := make([]string, 0, height)
	for range top {
		lines = append(lines, "")
	}
	for _, line := range body {
		lines = append(lines, widget.Fit("", gutter)+line)
	}
	return lines
}
