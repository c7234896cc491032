package monitor

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/hub"
	"hubscope/hub/events"
	"hubscope/ui/monitor/inspect"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// part is a piece of a head line. When there is no room, those of the highest rank go first.
type part struct {
	text string
	rank int
}

// space is the room between two parts.
const space = 3

// lineWidth is the room that parts take, with the space behind each.
func lineWidth(parts []part) (n int) {
	for _, p := range parts {
		if w := ansi.StringWidth(p.text); w > 0 {
			n += w + space
		}
	}
	return n
}

// headLine puts parts at both ends of a line, as many as fit.
func headLine(width int, left, right []part) string {
	silent := func(p part) bool { return p.text == "" }
	left, right = slices.DeleteFunc(left, silent), slices.DeleteFunc(right, silent)
	for lineWidth(left)+lineWidth(right)+1 > width {
		side, at := &left, leastNeeded(left)
		if other := leastNeeded(right); other >= 0 && (at < 0 || right[other].rank >= left[at].rank) {
			side, at = &right, other
		}
		if at < 0 {
			break
		}
		*side = slices.Delete(*side, at, at+1)
	}
	join := func(parts []part) string {
		texts := make([]string, len(parts))
		for i, p := range parts {
			texts[i] = p.text
		}
		return strings.Join(texts, strings.Repeat(" ", space))
	}
	end := join(right)
	if end != "" {
		end += " "
	}
	return widget.Ends(" "+join(left), end, width)
}

// leastNeeded is the part of the highest rank above 0, -1 when all must stay.
func leastNeeded(parts []part) int {
	at := -1
	for i, p := range parts {
		if p.rank > 0 && (at < 0 || p.rank >= parts[at].rank) {
			at = i
		}
	}
	return at
}

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

// notice is a sentence about what is wrong and what to do, at most width cells; "" when all is well.
func (p *Page) notice(width int) string {
	s := p.ctx.Styles
	if p.ended() && p.offline.on() && p.parts.err == nil {
		return ""
	}
	if p.ended() {
		sentence, _ := p.explainEnd()
		return s.Stopped.Render(withKey(width, "✗ "+sentence, sentencesOf(p.remedies(p.parts.err))))
	}
	worst := p.parts.worst()
	if worst == nil || worst.Err == nil {
		return ""
	}
	style, sign := p.phaseLook(worst.Phase)
	sentence, _ := hub.Explain(worst.Err)
	text := sign + " "
	if worst.Partition != "" && p.parts.size() > 1 {
		text += "p" + worst.Partition + " "
	}
	switch {
	case worst.Phase == events.Stopped: // this one alone; the others go on
		return style.Render(withKey(width, text+"stopped: "+sentence, sentencesOf(p.remedies(worst.Err))))
	case worst.Phase == events.Retrying:
		text += p.retryText(*worst)
		if worst.Attempt > 1 {
			text += fmt.Sprintf(", attempt %d", worst.Attempt)
		}
		text += ": "
	}
	// It is tried again by itself, and trying at once is among the keys.
	if p.blocked() {
		return style.Render(withKey(width, text+sentence, []string{"w " + p.wayText()}))
	}
	return style.Render(sentences(width, text+sentence))
}

// withKey is sentences with room for the first remedy, at the cost of the end of what is wrong.
func withKey(width int, first string, remedies []string) string {
	const least = 30
	if len(remedies) == 0 {
		return sentences(width, first)
	}
	if room := width - ansi.StringWidth(remedies[0]) - len("  -  "); room >= least {
		first = safe.Line(safe.Inline(first), room)
	}
	return sentences(width, first, remedies...)
}

// sentences joins as many as fit whole; only the first is ever cut.
func sentences(width int, first string, more ...string) string {
	text := safe.Inline(first)
	for _, next := range more {
		longer := text + "  -  " + safe.Inline(next)
		if next == "" || ansi.StringWidth(longer) > width {
			continue
		}
		text = longer
	}
	return safe.Line(text, width)
}

// explainEnd says why the stream stopped by itself and what to do about it.
func (p *Page) explainEnd() (sentence, next string) {
	if p.parts.err == nil {
		return "the stream ended", ""
	}
	return hub.Explain(p.parts.err)
}

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
