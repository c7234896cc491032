package monitor

import (
	"math"
	"strings"

	"hubscope/ui/monitor/inspect"
	"hubscope/ui/widget"
)

func (p *Page) keptText() string {
	return p.figure(widget.Count(p.history.Kept()), 7, "kept")
}

func (p *Page) hiddenText() string {
	return p.figure(widget.Count(p.history.Hidden()), 1, "hidden")
}

func (p *Page) rateText() string {
	return p.figure(widget.Count(int(math.Round(p.stats.rate)))+"/s", 8, "")
}

func (p *Page) lagText() string {
	if !p.stats.hasLag {
		return p.ctx.Styles.Muted.Render("lag") + p.figure("-", 8, "")
	}
	return p.ctx.Styles.Muted.Render("lag") + p.figure(inspect.Took(p.stats.lag), 8, "")
}

// droppedText counts what was lost; there is nothing to say while nothing was.
func (p *Page) droppedText() string {
	var texts []string
	if n := p.history.FellOut(); n > 0 {
		texts = append(texts, widget.Count(n)+" fell out")
	}
	if p.stats.dropped > 0 {
		texts = append(texts, widget.Count(p.stats.dropped)+" dropped")
	}
	if p.flows.missing > 0 {
		texts = append(texts, widget.Count(p.flows.missing)+" missing")
	}
	return p.ctx.Styles.Warning.Render(strings.Join(texts, "   "))
}

// figure is a number at the right end of its room, so that it grows without moving anything.
func (p *Page) figure(number string, width int, unit string) string {
	s := p.ctx.Styles
	text := s.Text.Render(strings.Repeat(" ", max(0, width-len(number))) + number)
	if unit != "" {
		text += " " + s.Muted.Render(unit)
	}
	return text
}
