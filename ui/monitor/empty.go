package monitor

import (
	"fmt"
	"slices"

	"hubscope/hub"
	"hubscope/hub/events"
	"hubscope/ui/monitor/rows"
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

// keyed tells whether a key is among the reasons, which then all leave room for one.
func (a advice) keyed() bool {
	return slices.ContainsFunc(a.lines, func(r reason) bool { return r.key != "" })
}

// empty says why there is nothing to see.
func (p *Page) empty() advice {
	switch {
	case p.history.Kept() > 0:
		return p.allHidden()
	case p.ended():
		sentence, next := p.explainEnd()
		a := advice{"The stream has stopped: " + sentence, nil}
		if next != "" {
			a.lines = append(a.lines, reason{"", next})
		}
		a.lines = append(a.lines, reason{"r", "tries again"})
		return a
	case p.parts.size() == 0 && p.parts.worst() == nil:
		return advice{"Connecting to the event stream", nil}
	}
	if worst := p.parts.worst(); worst != nil && worst.Phase == events.Retrying && p.parts.count(events.Live) == 0 {
		return p.unconnected(worst)
	}
	return p.silent()
}

func (p *Page) unconnected(worst *partition) advice {
	sentence, next := hub.Explain(worst.Err)
	a := advice{title: "No connection to the event stream"}
	if sentence != "" {
		a.title += ": " + sentence
	}
	again := fmt.Sprintf("It is tried again by itself: %s, attempt %d", p.retryText(*worst), max(1, worst.Attempt))
	a.lines = append(a.lines, reason{"", again}, reason{"r", "tries at once"})
	if next != "" {
		a.lines = append(a.lines, reason{"", next})
	}
	return a
}

func (p *Page) allHidden() advice {
	if !p.history.Done() {
		return advice{"Searching", nil}
	}
	kept := widget.Plural(p.history.Kept(), "event")
	a := advice{title: kept + " kept, none shown"}
	if !p.applied.Empty() {
		a.lines = append(a.lines, reason{"esc", "takes the filter " + p.applied.Text + " away"})
	}
	if p.scope != "" {
		a.lines = append(a.lines, reason{"a", "shows all devices, not only " + p.scope})
	}
	return a
}

func (p *Page) silent() advice {
	a := advice{title: "No events yet"}
	add := func(key, text string) { a.lines = append(a.lines, reason{key, text}) }
	add("", fmt.Sprintf("Listening %s in consumer group %s: what a device sends shows here at once", p.start.words, p.reads.group))
	add("s", "on the Devices tab starts a simulated device")
	if p.start.key != fromBeginning {
		add("t", "shows what was sent before")
	}
	if !p.ctx.Local {
		add("", "If devices do send: a route of the hub may take their messages to another endpoint, and not to this one")
	}
	return a
}

// drawEmpty draws the advice in the middle of the height, a third in from the left.
func (p *Page) drawEmpty(width, height int) []string {
	s := p.ctx.Styles
	a := p.empty()
	room := max(20, min(width-rows.Gutter-6, 90))
	var body []string
	for _, text := range widget.Wrap(safe.Inline(a.title), room) {
		body = append(body, s.Title.Render(text))
	}
	if len(a.lines) > 0 && height > len(a.lines)+4 {
		body = append(body, "")
	}
	for _, r := range a.lines {
		for i, text := range widget.Wrap(safe.Inline(r.text), room) {
			key := r.key
			if i > 0 {
				key = ""
			}
			if a.keyed() {
				text = s.Key.Render(widget.Fit(key, 5)) + s.Muted.Render(text)
			} else {
				text = s.Muted.Render(text)
			}
			body = append(body, text)
		}
	}
	top := max(0, (height-len(body))/3)
	lines := make([]string, 0, height)
	for range top {
		lines = append(lines, "")
	}
	for _, line := range body {
		lines = append(lines, widget.Fit("", rows.Gutter)+line)
	}
	return lines
}
