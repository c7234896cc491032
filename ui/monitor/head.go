package monitor

import (
	"fmt"
	"math"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"hubscope/hub/events"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// dockHead is the one line of the pane.
func (p *Page) dockHead() string {
	left := []part{{p.titleText("Events"), 0}, {p.scopeText(), 0}}
	if p.typed() != nil {
		return headLine(p.width, append(left, part{p.typingText(p.width - p.dockIndent() - 1), 0}), nil)
	}
	if p.filtering() && p.scope == "" || !p.applied.Empty() || len(p.filters.on) > 0 || p.finding() {
		left = append(left, part{p.narrowText(p.width / 3), 0})
	}
	left = append(left, part{p.modeText(), 0})
	if notice := p.notice(p.width - lineWidth(left) - 1); notice != "" {
		return headLine(p.width, left, []part{{notice, 0}})
	}
	left = append(left, part{p.recordText(), 1}, part{p.exportText(), 1}, part{p.liveText(), 1})
	return headLine(p.width, left, []part{{p.keptText(), 3}, {p.hiddenText(), 2}, {p.lagText(), 4}})
}

// tabHeads are the two lines of the tab above the columns.
func (p *Page) tabHeads() []string {
	first := headLine(p.width,
		[]part{{p.titleText("Monitor"), 0}, {p.scopeText(), 0}, {p.modeText(), 0}, {p.recordText(), 1}, {p.exportText(), 1}, {p.fromText(), 2}, {p.groupText(), 4}, {p.marksText(), 1}},
		[]part{{p.queuesText(), 2}, {p.partitionsText(), 3}, {p.liveText(), 1}},
	)
	figures := []part{{p.droppedText(), 1}, {p.shownText(), 2}, {p.keptText(), 2}, {p.hiddenText(), 1}, {p.rateText(), 3}, {p.lagText(), 4}}
	room := max(p.width-1-lineWidth(figures), 42)
	if p.typed() != nil {
		figures = []part{{p.shownText(), 0}, {p.hiddenText(), 0}}
		room = p.width - 2 - lineWidth(figures)
	}
	return []string{first, headLine(p.width, []part{{p.narrowText(room), 0}}, figures)}
}

func (p *Page) titleText(title string) string {
	if p.focused {
		return p.ctx.Styles.Title.Render(title)
	}
	return p.ctx.Styles.Muted.Render(title)
}

func (p *Page) scopeText() string {
	if p.scope == "" {
		return p.ctx.Styles.Text.Render("all devices")
	}
	return p.ctx.Styles.Accent.Render(safe.Line(p.scope, max(12, p.width/6)))
}

// fromText says where the stream begins, or which recording is shown.
func (p *Page) fromText() string {
	if p.offline.on() {
		return p.offlineText()
	}
	return p.ctx.Styles.Muted.Render(p.start.words)
}

func (p *Page) groupText() string {
	if p.offline.on() {
		return ""
	}
	return p.ctx.Styles.Muted.Render(safe.Line(p.reads.text(), 40))
}

// modeText tells whether the view goes along, and what has come meanwhile if not.
func (p *Page) modeText() string {
	s := p.ctx.Styles
	switch {
	case p.offline.on() && p.parts.err == nil && (p.ended() || p.list.mode == following):
		return p.offlineMode()
	case p.ended() && !(p.offline.on() && p.parts.err == nil):
		return s.Stopped.Render("✗ stopped")
	case p.list.mode == following && p.parts.flowing():
		return s.Live.Render("● following")
	case p.list.mode == following:
		return s.Muted.Render("○ following")
	}
	text := "‖ paused"
	if news := p.list.news(); news > 0 {
		text += "  +" + widget.Count(news) + " new"
	}
	return s.Waiting.Render(text)
}

// liveText says how many partitions are live, or what the rest is doing.
func (p *Page) liveText() string {
	s := p.ctx.Styles
	size, worst := p.parts.size(), p.parts.worst()
	live := p.parts.count(events.Live)
	switch {
	case p.ended() || p.offline.on():
		return ""
	case size == 0 && worst != nil && worst.Phase == events.Retrying:
		return s.Waiting.Render("↻ " + p.retryText(*worst))
	case size == 0:
		return s.Waiting.Render("○ connecting")
	case live == size:
		return s.Live.Render(fmt.Sprintf("● %d/%d live", live, size))
	}
	text := fmt.Sprintf("○ %d/%d live", live, size)
	if behind, span := p.parts.behind(); behind > 0 {
		text += fmt.Sprintf("  %s behind", widget.Count(behind))
		if span >= time.Second {
			text += " (" + widget.Span(span) + ")"
		}
	}
	return s.Waiting.Render(text)
}

// partitionsText shows each partition, when they are few enough.
func (p *Page) partitionsText() string {
	const most = 8
	states := p.parts.states
	if len(states) == 0 || len(states) > most || p.ended() {
		return ""
	}
	live := p.parts.count(events.Live)
	texts := make([]string, 0, len(states))
	for _, s := range states {
		texts = append(texts, p.partitionText(s, live+1 >= len(states)))
	}
	return strings.Join(texts, "  ")
}

// partitionText is the sign of a partition; when it is the only one that is not live, also what it does.
func (p *Page) partitionText(s partition, only bool) string {
	style, sign := p.phaseLook(s.Phase)
	text := sign
	switch {
	case !only:
	case s.Phase == events.Retrying:
		text += " " + p.retryText(s)
	case s.Phase == events.CatchingUp && s.Behind > 0:
		text += " " + widget.Count(s.Behind) + " behind"
	}
	return p.ctx.Styles.Muted.Render("p"+safe.Line(s.Partition, 3)) + " " + style.Render(text)
}

func (p *Page) phaseLook(phase events.Phase) (style lipgloss.Style, sign string) {
	s := p.ctx.Styles
	switch phase {
	case events.Live:
		return s.Live, "●"
	case events.CatchingUp:
		return s.Waiting, "↓"
	case events.Retrying:
		return s.Waiting, "↻"
	case events.Stopped:
		return s.Stopped, "✗"
	default:
		return s.Waiting, "○"
	}
}

// retryText counts down in whole seconds; the last one is "now".
func (p *Page) retryText(s partition) string {
	left := s.retryAt.Sub(p.ctx.Time())
	if left < time.Second/2 {
		return "retry now"
	}
	return fmt.Sprintf("retry in %d s", int(math.Ceil(left.Seconds()-0.5)))
}
