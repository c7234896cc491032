package monitor

import (
	"fmt"

	"github.com/charmbracelet/x/ansi"

	"hubscope/hub"
	"hubscope/hub/events"
	"hubscope/ui/safe"
)

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
