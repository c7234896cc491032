package modules

import (
	"context"
	"errors"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/keys"
	"hubscope/ui/safe"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// removal is the deletion of many modules, and the box that shows how far it is.
type removal struct {
	styles *theme.Styles
	keys   *keys.Map

	device           string
	total            int
	todo             []hub.Module // with the ETags that were seen
	deleted, missing int
	problems         []string           // of those that were not deleted, harmless
	cut              context.CancelFunc // ends the call that is on its way
	stopping         bool               // no further call
	ended            bool
	err              error // why it ended early
}

const (
	removalWidth = 60
	mostProblems = 5   // that the box names
	roomToSay    = 180 // bytes of the names of those that are left
)

// Title is the heading of the box.
func (j *removal) Title() string {
	if j.ended {
		return "Not all deleted"
	}
	return "Deleting modules"
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
	if !ok {
		return nil, false
	}
	if j.ended {
		return nil, key.Matches(press, j.keys.Cancel, j.keys.Confirm)
	}
	if key.Matches(press, j.keys.Cancel) {
		if j.stopping {
			j.cut()
		}
		j.stopping = true
	}
	return nil, false
}

// words are the counts in a sentence.
func (j *removal) words() string {
	text := widget.Plural(j.deleted, "module") + " deleted"
	if j.missing > 0 {
		text += ", " + widget.Count(j.missing) + " had been deleted already"
	}
	if n := len(j.problems); n > 0 {
		text += ", " + widget.Count(n) + " not deleted"
	}
	if left := len(j.todo); j.ended && left > 0 {
		text += ", " + widget.Count(left) + " left"
	}
	return text
}

// View draws a bar, the counts, and what went wrong.
func (j *removal) View(maxWidth, maxHeight int) string {
	s, width := j.styles, min(maxWidth, removalWidth)
	done := j.total - len(j.todo)
	bar := width * done / max(1, j.total)
	lines := []string{s.Accent.Render(strings.Repeat("█", bar)) + s.Muted.Render(strings.Repeat("░", width-bar))}
	words := append(widget.Wrap(widget.Count(done)+" of "+widget.Count(j.total)+": "+j.words(), width), "")
	for _, l := range words[:2] { // always two lines, so that the box keeps its height
		lines = append(lines, s.Text.Render(l))
	}
	add := func(style interface{ Render(...string) string }, text string) {
		for _, l := range widget.Wrap(text, width) {
			lines = append(lines, style.Render(l))
		}
	}
	lines = append(lines, j.state())
	for _, problem := range j.problems[:min(mostProblems, len(j.problems))] {
		add(s.Danger, "✗ "+problem)
	}
	if more := len(j.problems) - mostProblems; more > 0 {
		add(s.Muted, "  and "+widget.Count(more)+" more: J has the journal")
	}
	if j.err != nil {
		sentence, next := failure.Words(j.err)
		add(s.Danger, "✗ "+safe.Inline(j.todo[0].ModuleID)+": "+strings.TrimPrefix(sentence, opOf("delete", j.todo[0])))
		add(s.Muted, next)
	}
	if j.ended && len(j.todo) > 0 {
		add(s.Text, "Left: "+widget.Names(idsOf(j.todo), roomToSay))
	}
	return widget.Box(lines, width, min(len(lines), maxHeight))
}

func (j *removal) state() string {
	s := j.styles
	var refused *hub.Error
	switch {
	case j.ended && j.err != nil && !errors.As(j.err, &refused):
		return s.Muted.Render("It may be that the one below was deleted.")
	case j.ended:
		return s.Muted.Render("Those that are left stay marked: d tries them again.")
	case j.stopping:
		return s.Waiting.Render("… stopping after this call")
	}
	return s.Muted.Render("")
}
