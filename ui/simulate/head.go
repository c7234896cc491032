package simulate

import (
	"math"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"hubscope/device/sim"
	"hubscope/ui/widget"
)

// viewHead is how all devices together stand: the counts, and in what room is left
// the pace and the times.
func (p *Page) viewHead() string {
	s := p.ctx.Styles
	head := " " + s.Title.Render("Simulator")
	if len(p.rows.all) == 0 {
		return widget.Fit(head, p.width)
	}
	head += "  " + p.viewStates()
	failed := p.figure("failed", p.summary.Failed) + " "
	acked := s.Muted.Render("acked "+widget.Count(p.summary.Confirmed)+"   ") + failed
	sent := s.Muted.Render("sent "+widget.Count(p.summary.Accepted)+"   ") + acked
	for _, tail := range []string{s.Muted.Render(p.pace()) + sent, sent, acked, failed} {
		if lipgloss.Width(head)+lipgloss.Width(tail)+2 <= p.width {
			return widget.Ends(head, tail, p.width)
		}
	}
	return widget.Fit(head, p.width)
}

// viewStates says how many devices are in which state; what is not well stands out, and comes first: the end may be cut.
func (p *Page) viewStates() string {
	s, n := p.ctx.Styles, p.states
	running := n.Running()
	parts := []string{s.Muted.Render(widget.Count(running) + " running")}
	if to := p.summary.SlowedTo; to > 0 {
		parts = append(parts, s.Warning.Render("throttled to "+widget.Count(int64(math.Ceil(to)))+"/s"))
	}
	if wait := p.summary.PatienceUntil.Sub(p.ctx.Time()); !p.summary.PatienceUntil.IsZero() && wait > 0 {
		parts = append(parts, s.Waiting.Render("connecting again in "+widget.Span(wait)))
	}
	for _, bad := range []struct {
		state sim.State
		style lipgloss.Style
	}{{sim.Failed, s.Danger}, {sim.Retrying, s.Waiting}, {sim.Silent, s.Waiting}, {sim.Starting, s.Waiting}} {
		if count := n[bad.state]; count > 0 {
			parts = append(parts, bad.style.Render(widget.Count(count)+" "+bad.state.String()))
		}
	}
	if stopped := n[sim.Stopped]; stopped > 0 || running == 0 {
		parts = append(parts, s.Muted.Render(widget.Count(stopped)+" stopped"))
	}
	if p.summary.Planned > 0 {
		parts = append(parts, s.Muted.Render(widget.Count(p.summary.Planned)+" to start"))
	}
	return strings.Join(parts, "   ")
}

func (p *Page) figure(name string, n uint64) string {
	style := p.ctx.Styles.Muted
	if n > 0 {
		style = p.ctx.Styles.Danger
	}
	return style.Render(name + " " + widget.Count(n))
}

// pace is how fast and how punctual they are, and what is used of the quota.
func (p *Page) pace() string {
	sum, out := &p.summary, ""
	if sum.Rate > 0 {
		out += widget.Count(int64(math.Round(sum.Rate))) + "/s   "
	}
	if sum.RTTp99 > 0 {
		out += "RTT p99 " + milliseconds(sum.RTTp99) + "   "
	}
	if sum.ScheduleP99 > 0 {
		out += "late p99 " + milliseconds(sum.ScheduleP99) + "   "
	}
	if sum.Quota > 0 {
		out += "quota " + widget.Count(sum.QuotaUsed) + " of " + widget.Count(sum.Quota) + "   "
	}
	return out
}

func milliseconds(d time.Duration) string { return widget.Millis(d) + " ms" }

// running is how many devices are connected or mean to be.
func (p *Page) running() int { return p.states.Running() }
