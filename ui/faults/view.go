package faults

import (
	"strings"

	"charm.land/lipgloss/v2"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// SetSize implements page.Page.
func (p *Page) SetSize(width, height int) {
	p.width, p.height = width, height
	p.table.SetSize(width, max(0, height-1))
}

// View implements page.Page.
func (p *Page) View() string {
	lines := []string{p.viewHead()}
	text := p.viewInstead()
	if text == nil {
		lines = append(lines, strings.Split(p.table.View(p.ctx.Styles, p.focused), "\n")...)
		return widget.Box(lines, p.width, p.height)
	}
	lines = append(lines, "")
	for _, l := range text {
		lines = append(lines, "   "+l)
	}
	return widget.Box(lines, p.width, p.height)
}

func (p *Page) viewHead() string {
	s := p.ctx.Styles
	head := " " + s.Title.Render("Faults")
	if n := p.rows.Len(); n > 0 {
		on := p.rows.active()
		head += "  " + s.Muted.Render(widget.Count(on)+" active   "+widget.Count(n-on)+" ended")
	}
	if p.err == nil || !p.works() {
		return widget.Fit(head, p.width)
	}
	sentence, _ := hub.Explain(p.err)
	return widget.Ends(head, s.Danger.Render("✗ "+safe.Line(sentence, p.width/2))+" ", p.width)
}

// viewInstead is what stands in place of the list; nil when there is one.
func (p *Page) viewInstead() []string {
	switch {
	case !p.works():
		return p.viewRemote()
	case p.rows.Len() > 0:
		return nil
	case !p.read:
		return []string{p.ctx.Styles.Muted.Render("Reading the faults of the hub ...")}
	}
	return p.viewEmpty()
}

func (p *Page) viewRemote() []string {
	s := p.ctx.Styles
	which := "This hub is " + safe.Line(p.ctx.Hub, max(10, p.width-20)) + ", which can not be told to fail."
	lines := append(p.wrapped(s.Strong, "Faults on demand are made by the local hub."), "")
	lines = append(append(lines, p.wrapped(s.Text, which)...), "")
	return append(lines, p.wrapped(s.Muted, "Start hubscope without a connection string to have a local hub.")...)
}

func (p *Page) viewEmpty() []string {
	s := p.ctx.Styles
	lines := append(p.wrapped(s.Strong, "No faults: everything passes."), "")
	if why := p.ctx.Denied(page.MakeFaults); why != "" {
		return append(lines, p.wrapped(s.Muted, "None can be made here: "+why+".")...)
	}
	lines = append(lines, p.does("p", "adds one of the usual faults: throttle 10 %, latency, drop every connection.")...)
	lines = append(lines, p.does("n", "adds one of your own: what fails, for whom, how often, until when.")...)
	return append(append(lines, ""), p.wrapped(s.Muted, "See what your devices and services do then. They fail as the real service would: "+
		"429 and 403 over HTTPS, error conditions on AMQP links, closed connections on MQTT.")...)
}

// wrapped is a sentence in as many lines as the page's width asks for.
func (p *Page) wrapped(style lipgloss.Style, sentence string) []string {
	lines := widget.Wrap(sentence, p.room())
	for i, l := range lines {
		lines[i] = style.Render(l)
	}
	return lines
}

// does is what a key does, the further lines under the first word.
func (p *Page) does(key, what string) []string {
	s := p.ctx.Styles
	lines := widget.Wrap(what, p.room()-2)
	for i, l := range lines {
		lead := "  "
		if i == 0 {
			lead = s.Key.Render(key + " ")
		}
		lines[i] = lead + s.Text.Render(l)
	}
	return lines
}

// room is how wide sentences are: the page's width but no more than reads well.
func (p *Page) room() int { return max(10, min(p.width-4, 90)) }
