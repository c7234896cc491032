package devices

import (
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/pace"
)

// removeAgainMsg ends the wait of a job that the hub has asked for patience.
type removeAgainMsg struct{ job *removal }

// The waits of a job when the hub does not say for how long.
const (
	firstPause   = time.Second
	longestPause = time.Minute
)

// pauses is when a job goes on that was asked for patience.
type pauses struct {
	waiting bool
	until   time.Time
	since   time.Time // of the first refusal in a row; zero: the last call was taken
	next    time.Duration
}

// begin waits as long as the hub says, or else longer each time. It says for how long, and
// false when there was no success for too long.
func (w *pauses) begin(err error, now time.Time) (time.Duration, bool) {
	if w.since.IsZero() {
		w.since, w.next = now, firstPause
	}
	wait := w.next
	w.next = min(2*w.next, longestPause)
	var refused *hub.Error
	if errors.As(err, &refused) && refused.RetryAfter > 0 {
		wait = refused.RetryAfter
	}
	if now.Sub(w.since) > pace.DefaultPatience {
		return 0, false
	}
	w.waiting, w.until = true, now.Add(wait)
	return wait, true
}

// isPatience says whether the hub may take the same call later.
func isPatience(err error) bool {
	return errors.Is(err, hub.ErrThrottled) || errors.Is(err, hub.ErrUnavailable)
}

// pause lets a job wait; false when it has waited for too long.
func (p *Page) pause(job *removal, err error) (tea.Cmd, bool) {
	wait, ok := job.pauses.begin(err, p.ctx.Time())
	if !ok {
		return nil, false
	}
	return p.Act(tea.Tick(wait, func(time.Time) tea.Msg { return removeAgainMsg{job} })), true
}

// onRemoveAgain goes on, or ends the job when it was asked to stop meanwhile.
func (p *Page) onRemoveAgain(m removeAgainMsg) tea.Cmd {
	if m.job.ended || !m.job.pauses.waiting {
		return nil
	}
	m.job.pauses.waiting = false
	return p.goOn(m.job)
}
