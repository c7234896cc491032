package faults

import (
	"strings"

	"hubscope/hub"
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
	return []string{
		s.Strong.Render("Faults on demand are made by the local hub."), "",
		s.Text.Render("This hub is " + safe.Line(p.ctx.Hub, max(10, p.width-20)) + ", which can not be told to fail."), "",
		s.Muted.Render("Start hubscope without a connection string to have a local hub."),
	}
}

func (p *Page) viewEmpty() []string {
	s := p.ctx.Styles
	does := func(key, what string) string { return s.Key.Render(key+" ") + s.Text.Render(what) }
	return []string{
		s.Strong.Render("No faults: everything passes."), "",
		does("p", "adds one of the usual faults: throttle 10 %, latency, drop every connection."),
		does("n", "adds one of your own: what fails, for whom, how often, until when."), "",
		s.Muted.Render("See what your devices and services do then. They fail as the real service would:"),
		s.Muted.Render("429 and 403 over HTTPS, error conditions on AMQP links, closed connections on MQTT."),
	}
}
