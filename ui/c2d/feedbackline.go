package c2d

import (
	"hubscope/hub"
	"hubscope/hub/events"
	"hubscope/ui/safe"
)

// feedbackLine says whether feedback comes, and what to do when it does not.
func (p *Page) feedbackLine() (sign string, grade grade, text string) {
	t, waits := &p.told, p.waiting()
	switch {
	case p.o.Feedback == nil:
		return "○", muted, "cannot be read"
	case t.err != nil:
		sentence, _ := hub.Explain(t.err)
		return "✗", bad, safe.Inline(sentence) + ": f tries again"
	case t.state.Phase == events.Live:
		return "●", good, "is read; the hub sends it in batches, up to 15 s late"
	case t.state.Phase == events.Connecting && t.state.Attempt > 0, t.cancel != nil && t.state.Phase == events.Stopped:
		return "…", busyGrade, "connecting"
	case t.state.Phase == events.Retrying:
		sentence, _ := hub.Explain(t.state.Err)
		return "↻", warn, safe.Inline(sentence) + ": it is tried again"
	case !p.ctx.Local && !t.allowed && waits > 0:
		return "○", warn, "is not read here: f takes it out of the hub"
	case !p.ctx.Local && !t.allowed:
		return "○", muted, "f reads it, for messages that ask for it"
	}
	return "○", muted, "is read while a message waits for it"
}
