package monitor

import (
	"fmt"
	"slices"
	"strings"
	"time"

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
	case p.history.Kept() > 0 && p.list.mode != following && p.list.news() > 0:
		return advice{"Paused: " + widget.Plural(p.list.news(), "new event"), []reason{{p.keys.follow.Help().Key, "shows what has come meanwhile"}}}
	case p.history.Kept() > 0:
		return p.allHidden()
	case p.offline.on() && p.parts.err == nil:
		return p.recordingAdvice()
	case p.ended():
		sentence, _ := p.explainEnd()
		return advice{"The stream has stopped: " + sentence, p.remedies(p.parts.err)}
	case p.parts.size() == 0 && p.parts.worst() == nil:
		return advice{"Connecting to the event stream", nil}
	}
	worst := p.parts.worst()
	switch {
	case worst == nil:
	case worst.Phase == events.Retrying && p.parts.count(events.Live) == 0:
		return p.unconnected(worst)
	case worst.Phase == events.CatchingUp:
		return p.catchingUp()
	}
	return p.silent()
}

func (p *Page) unconnected(worst *partition) advice {
	sentence, _ := hub.Explain(worst.Err)
	a := advice{title: "No connection to the event stream"}
	if sentence != "" {
		a.title += ": " + sentence
	}
	again := fmt.Sprintf("It is tried again by itself: %s, attempt %d", p.retryText(*worst), max(1, worst.Attempt))
	a.lines = append([]reason{{"", again}}, p.remedies(worst.Err)...)
	return a
}

func (p *Page) catchingUp() advice {
	behind, span := p.parts.behind()
	a := advice{title: "Catching up: " + widget.Plural(behind, "event") + " to come"}
	if span >= time.Second {
		a.title += ", the newest " + widget.Span(span) + " after the start"
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
	if on := p.filters.on; len(on) > 0 {
		names := make([]string, len(on))
		for i, n := range on {
			names[i] = n.Name
		}
		a.lines = append(a.lines, reason{"F", "switches off " + strings.Join(names, ", ")})
	}
	if p.scope != "" {
		a.lines = append(a.lines, reason{"a", "shows all devices, not only " + p.scope})
	}
	return a
}

// silent is for a stream that works and brings nothing: each thing that can be the cause, with the key that helps.
func (p *Page) silent() advice {
	a := advice{title: "No events yet"}
	add := func(key, text string) { a.lines = append(a.lines, reason{key, text}) }
	add("", fmt.Sprintf("Listening %s in consumer group %s: what a device sends shows here at once", p.start.words, p.reads.group))
	if p.ctx.Local {
		add("s", "on the Devices tab starts a simulated device")
	}
	if p.start.key != fromBeginning {
		add("t", "shows what was sent before")
	}
	if n := len(p.reads.partitions); n > 0 {
		add("c", fmt.Sprintf("reads more than %s: a device sends to one partition, always the same", widget.Plural(n, "partition")))
	}
	if !p.ctx.Local {
		add("s", "on the Devices tab starts a simulated device, if none sends")
		add("", "If devices do send: a route of the hub may take their messages to another endpoint, and not to this one (events)")
		add("", "A hub deletes events after its retention time, a day unless it was set otherwise")
	}
	add("i", "shows each partition, and what it has")
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
