package identity

import (
	"errors"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/credential"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
)

// onNotChanged says why where it was asked: in the form, or else above the identity. Once the
// form was left or another device is shown, the status line does.
func (p *Page) onNotChanged(m changedMsg) tea.Cmd {
	failure.Learn(p.ctx, page.ChangeRegistry, m.err, "create, change or delete identities")
	sentence, next := whyNot(m)
	r := failure.Of(m.not, m.err)
	if m.changedMeanwhile() {
		r.Text, r.Next = m.not+": "+sentence, "look at what it is now, then e changes it"
	}
	shown := m.after.DeviceID == p.device.DeviceID
	switch {
	case m.form.isOpen():
		m.form.now = m.now
		if !m.known {
			m.form.now = m.before
		}
		m.form.sheet.Fail(sentence, p.inForm(next, m.err))
	case shown:
		p.failed = &credential.NotChanged{Sentence: safe.Inline(m.not) + ": " + sentence, Next: next, Err: m.err}
		p.top = 0
	}
	r.Quiet = m.form.isOpen() || shown
	return page.Tell(r)
}

// changedMeanwhile says that somebody else has, and that it is known what the identity is now.
func (m changedMsg) changedMeanwhile() bool { return m.known && errors.Is(m.err, hub.ErrPrecondition) }

// whyNot gives the reason of a change that failed, and what to do.
func whyNot(m changedMsg) (sentence, next string) {
	sentence, next = failure.Words(m.err)
	sentence = strings.TrimPrefix(sentence, "could not update device "+strconv.Quote(safe.Inline(m.after.DeviceID))+": ")
	switch {
	case m.changedMeanwhile():
		return "somebody else has changed it meanwhile: " + safe.Inline(difference(m.before, m.now)), ""
	case errors.Is(m.err, hub.ErrNotFound):
		return sentence, "it was deleted meanwhile"
	}
	return sentence, next
}

// inForm says which key to press there.
func (p *Page) inForm(next string, err error) string {
	key := "enter tries again"
	switch {
	case errors.Is(err, hub.ErrPrecondition):
		key = "enter changes it all the same"
	case errors.Is(err, hub.ErrNotFound), !p.ctx.May(page.ChangeRegistry):
		key = "esc closes this"
	}
	if next == "" {
		return key
	}
	return next + "; " + key
}

// trouble says what is under way, or why the identity could not be read or changed, above what
// is known of it.
func (p *Page) trouble() []string {
	if doing := p.doing[p.device.DeviceID]; doing != "" {
		return []string{" " + p.ctx.Styles.Waiting.Render("… "+safe.Line(doing, max(8, p.width-4))), ""}
	}
	return credential.Trouble{Ctx: p.ctx, Width: p.width, Failed: p.failed, Err: p.err, Read: p.at}.Lines()
}
