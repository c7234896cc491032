package devices

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/keys"
	"hubscope/ui/safe"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// removal is the deletion of many devices, and the box that shows how far it is.
type removal struct {
	styles *theme.Styles
	keys   *keys.Map

	total                    int
	todo                     []hub.Device // with the ETags that were seen
	deleted, missing, failed int
	problems                 []string // the first few, harmless

	pauses   pauses
	now      func() time.Time
	hurry    tea.Cmd            // ends a wait
	cut      context.CancelFunc // ends the call that is on its way
	stopping bool               // no further call
	ended    bool
	err      error // why it ended early
}

// mostProblems is how many of those that failed the box names.
const mostProblems = 5

const removalWidth = 60

// Title is the heading of the box.
func (j *removal) Title() string {
	if j.ended {
		return "Not all deleted"
	}
	return "Deleting devices"
}

// Cursor is hidden.
func (j *removal) Cursor() *tea.Cursor { return nil }

// ShortHelp lists what works in the box.
func (j *removal) ShortHelp() []key.Binding {
	return []key.Binding{widget.StopHelp(j.keys.Cancel, j.stopping, j.ended)}
}

// Update stops the deletion after the call that is on its way, asked a second time without waiting for its answer, and
// leaves the box once it has ended. What the hub was asked for already is not taken back.
func (j *removal) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok || !key.Matches(press, j.keys.Cancel, j.keys.Confirm) {
		return nil, false
	}
	if j.ended {
		return nil, true
	}
	if !key.Matches(press, j.keys.Cancel) {
		return nil, false
	}
	switch {
	case j.pauses.waiting:
		j.stopping = true
		return j.hurry, false
	case j.stopping:
		j.cut()
	}
	j.stopping = true
	return nil, false
}

// left are those that were not tried, or of which the hub has not told.
func (j *removal) left() []string {
	names := make([]string, len(j.todo))
	for i, d := range j.todo {
		names[i] = safe.Inline(d.DeviceID)
	}
	return names
}

// View draws a bar, the counts, and what went wrong.
func (j *removal) View(maxWidth, maxHeight int) string {
	s, width := j.styles, min(maxWidth, removalWidth)
	done := j.total - len(j.todo)
	bar := width * done / max(1, j.total)
	lines := []string{
		s.Accent.Render(strings.Repeat("█", bar)) + s.Muted.Render(strings.Repeat("░", width-bar)),
	}
	words := append(widget.Wrap(widget.Count(done)+" of "+widget.Count(j.total)+": "+j.words(), width), "")
	for _, l := range words[:2] { // always two lines, so that the box keeps its height
		lines = append(lines, s.Text.Render(l))
	}
	lines = append(lines, j.state())
	if j.ended {
		lines = append(lines, "")
	}
	for _, problem := range j.problems {
		for _, l := range widget.Wrap("✗ "+problem, width) {
			lines = append(lines, s.Danger.Render(l))
		}
	}
	if more := j.failed - len(j.problems); more > 0 {
		lines = append(lines, s.Muted.Render("  and "+widget.Count(more)+" more: J has the journal"))
	}
	if j.err != nil {
		sentence, next := failure.Words(j.err)
		sentence = strings.TrimPrefix(sentence, "could not change devices in bulk: ")
		for _, l := range widget.Wrap("✗ "+sentence, width) {
			lines = append(lines, s.Danger.Render(l))
		}
		for _, l := range widget.Wrap(next, width) {
			lines = append(lines, s.Muted.Render(l))
		}
	}
	if j.ended && len(j.todo) > 0 {
		for _, l := range widget.Wrap("Left: "+widget.Names(j.left(), roomToSay), width) {
			lines = append(lines, s.Text.Render(l))
		}
	}
	return widget.Box(lines, width, min(len(lines), maxHeight))
}

// isRefusal tells a call that the hub did not take from one of which nobody knows.
func isRefusal(err error) bool {
	var refused *hub.Error
	return errors.As(err, &refused) && refused.Status < http.StatusInternalServerError
}

func (j *removal) state() string {
	s := j.styles
	switch {
	case j.ended && j.err != nil && !isRefusal(j.err):
		return s.Muted.Render("Some of the last call may be gone: d tries the rest again.")
	case j.ended:
		return s.Muted.Render("Those that are left stay marked: d tries them again.")
	case j.stopping:
		return s.Waiting.Render("… stopping after this call")
	case j.pauses.waiting:
		in := max(0, j.pauses.until.Sub(j.now())).Round(time.Second)
		return s.Waiting.Render("↻ the hub asks for patience, next try in " + widget.Span(in))
	}
	return s.Muted.Render("A hundred at a time.")
}
