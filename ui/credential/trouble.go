package credential

import (
	"errors"
	"time"

	"charm.land/bubbles/v2/key"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// Trouble is what stands above an identity that could not be read or changed.
type Trouble struct {
	Ctx   *page.Context
	Width int
	// Failed is why the last change was not made, nil when it was; Err why the last read failed.
	Failed *NotChanged
	Err    error
	// Read is when what stands below was read; zero: never.
	Read time.Time
}

// NotChanged is why a change was not made. The texts are harmless.
type NotChanged struct {
	Sentence, Next string
	Err            error
}

// Lines are nil when there is no trouble.
func (t Trouble) Lines() []string {
	switch {
	case t.Failed != nil:
		return append(t.complaint(t.Failed.Sentence, t.Failed.Next), t.wayOn(t.Failed.Err, t.keyToChange()), "")
	case t.Err == nil:
		return nil
	}
	sentence, next := failure.Words(t.Err)
	if errors.Is(t.Err, hub.ErrNotFound) {
		next = "it was deleted meanwhile"
	}
	return append(t.complaint(sentence, next), t.wayOn(t.Err, t.Ctx.Keys.Reload), "")
}

// keyToChange is the one that makes another try, or reads again when no change may be made.
func (t Trouble) keyToChange() key.Binding {
	if !t.Ctx.May(page.ChangeRegistry) {
		return t.Ctx.Keys.Reload
	}
	return t.Ctx.Keys.Edit
}

// wayOn says what to press, and how old is what stands below.
func (t Trouble) wayOn(err error, again key.Binding) string {
	s := t.Ctx.Styles
	verb := " tries again"
	switch {
	case errors.Is(err, hub.ErrNotFound):
		again, verb = t.Ctx.Keys.Back, " goes back to the list"
	case errors.Is(err, hub.ErrPrecondition):
		verb = " changes it all the same"
	case t.Failed != nil && again.Help().Key == t.Ctx.Keys.Reload.Help().Key:
		verb = " reads it again"
	}
	line := "   " + s.Key.Render(again.Help().Key) + s.Text.Render(verb)
	if t.Read.IsZero() {
		return line
	}
	return line + s.Muted.Render("; read "+widget.Ago(t.Ctx.Time(), t.Read))
}

func (t Trouble) complaint(sentence, next string) []string {
	s, room := t.Ctx.Styles, max(8, t.Width-4)
	out := marked(s, widget.Wrap(sentence, room))
	if next == "" {
		return out
	}
	for _, l := range widget.Wrap(next, room) {
		out = append(out, s.Muted.Render("   "+l))
	}
	return out
}

func marked(s *theme.Styles, lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		sign := "   "
		if i == 0 {
			sign = " ✗ "
		}
		out[i] = s.Danger.Render(sign + l)
	}
	return out
}
