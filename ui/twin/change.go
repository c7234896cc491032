package twin

import (
	"context"
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/twinpatch"
	"hubscope/ui/failure"
	"hubscope/ui/page"
)

// change is what is to be done to a twin: by a draft, or the deletion of a property.
type change struct {
	of     subject
	base   hub.Twin // the state that it was made on
	was    *twinpatch.Value
	want   *twinpatch.Value
	drafts bool     // it is that of the draft
	title  string   // of the dialogs
	notes  []string // what has happened on the way; harmless
	// box is the dialog that it is reviewed in.
	box *review
}

func (c *change) patch() *twinpatch.Value { return twinpatch.Diff(c.was, c.want) }

type (
	sentMsg struct {
		change *change
		twin   hub.Twin
		err    error
	}
	rereadMsg struct {
		change *change
		twin   hub.Twin
		err    error
	}
	// settledConflictsMsg is a change with all its conflicts decided.
	settledConflictsMsg struct{ change *change }
)

func (p *Page) onAction(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case sentMsg:
		return p.onSent(msg)
	case rereadMsg:
		return p.onReread(msg)
	case settledConflictsMsg:
		return p.onSettled(msg.change)
	case discardMsg:
		p.discard(msg.of)
	case keepMsg:
		p.onKeep(msg)
	case outsideMsg:
		return p.onOutside(msg)
	case backMsg:
		return p.onBack(msg)
	case collectedMsg:
		return p.onCollected(msg)
	}
	return nil
}

// review shows what of a draft would be sent.
func (p *Page) review(d *draft) tea.Cmd {
	switch {
	case d.sending:
		return nil
	case len(d.mistakes) > 0:
		d.nextMistake()
		return nil
	case len(d.patch.Members) == 0:
		return page.Tell(page.Report{Severity: page.Info, Text: "nothing is changed, so nothing is sent"})
	}
	return p.ask(&change{of: d.of, base: d.base, was: d.was, want: d.want, drafts: true, title: "Change the twin of "})
}

// askRemove asks whether the property under the cursor is to be deleted.
func (p *Page) askRemove() tea.Cmd {
	l := &p.panels[p.at]
	n, ok := l.node()
	if !ok {
		return nil
	}
	if why, next := p.notRemoved(l, n); why != "" {
		return page.Tell(page.Report{Severity: page.Warning, Text: why, Next: next})
	}
	was, err := writable(&p.twin)
	if err != nil {
		return page.Tell(page.Report{Severity: page.Failure, Text: "the twin of " + p.of.String() + " cannot be changed: " + err.Error()})
	}
	return p.ask(&change{of: p.of, base: p.twin, was: was, want: was.Without(l.path(n)...), title: "Delete from the twin of "})
}

// notRemoved says why what is under the cursor cannot be deleted, or "".
func (p *Page) notRemoved(l *panel, n int32) (why, next string) {
	if l.kind == reported {
		return "reported properties are the device's own: only it can delete them", ""
	}
	if l.inArray(n) {
		return "an array is changed as a whole", "e edits it"
	}
	return "", ""
}

// ask opens the dialog that shows the patch.
func (p *Page) ask(c *change) tea.Cmd {
	c.box = newReview(p, c)
	return p.ctx.Send(page.OpenDialog{Dialog: c.box})
}

// send sends the patch for the state that it was made on.
func (p *Page) send(c *change) tea.Cmd {
	p.setSending(c, true)
	u := update(c.patch(), c.base.ETag)
	store, of := p.o.Store, c.of
	return p.act(func(ctx context.Context) tea.Msg {
		t, err := store.PatchModuleTwin(ctx, of.device, of.module, u)
		return sentMsg{c, t, err}
	})
}

func (p *Page) setSending(c *change, sending bool) {
	c.box.busy = sending
	if d := p.drafts[c.of]; d != nil && c.drafts {
		d.sending = sending
	}
}

// act runs an action of its own life: moving on does not cancel it.
func (p *Page) act(do func(ctx context.Context) tea.Msg) tea.Cmd {
	base := p.Base()
	return p.Act(func() tea.Msg {
		ctx, cancel := context.WithTimeout(base, callLimit)
		defer cancel()
		return do(ctx)
	})
}

func (p *Page) onSent(m sentMsg) tea.Cmd {
	c := m.change
	switch {
	case m.err == nil:
		return p.done(c, m.twin, "changed")
	case errors.Is(m.err, hub.ErrPrecondition):
		return p.reread(c)
	}
	p.setSending(c, false)
	failure.Learn(p.ctx, changeAction, m.err, "change twins")
	return p.fail(c, m.err)
}

// fail keeps what was typed and says what went wrong where it is: in the dialog, and under the text. When both are out of
// sight, in the status line.
func (p *Page) fail(c *change, err error) tea.Cmd {
	sentence, next := failure.Words(err)
	c.box.fail(sentence, next)
	if d := p.drafts[c.of]; d != nil && c.drafts {
		d.failed, d.next = sentence, next
	}
	report := failure.Of("the twin of "+c.of.String()+" was not changed", err)
	if c.drafts {
		report.Next += "; the draft is kept"
	}
	report.Quiet = !c.box.closed
	return page.Tell(report)
}

// done takes the state of the twin after the change.
func (p *Page) done(c *change, now hub.Twin, what string) tea.Cmd {
	p.setSending(c, false)
	if c.drafts {
		delete(p.drafts, c.of)
	}
	var cmds []tea.Cmd
	if c.of == p.of {
		p.Renew() // what is being read is older
		p.busy = false
		p.take(now)
		p.layOut()
		cmds = append(cmds, p.schedule())
	}
	return tea.Batch(append(cmds, p.closeBox(c), page.Tell(page.Report{
		Severity: page.Success, Text: "twin of " + c.of.String() + " " + what + ": " + countWords(twinpatch.Count(c.was, c.patch())),
	}))...)
}

func (p *Page) closeBox(c *change) tea.Cmd {
	if c.box.closed {
		return nil
	}
	c.box.closed = true
	return p.ctx.Send(page.CloseDialog{Dialog: c.box})
}

// reread reads the state that made the patch void.
func (p *Page) reread(c *change) tea.Cmd {
	store, of := p.o.Store, c.of
	return p.act(func(ctx context.Context) tea.Msg {
		t, err := store.ModuleTwin(ctx, of.device, of.module)
		return rereadMsg{c, t, err}
	})
}

// onReread rebases the change onto the new state, and asks: about the conflicts if there are any, then about the patch.
func (p *Page) onReread(m rereadMsg) tea.Cmd {
	c := m.change
	p.setSending(c, false)
	if m.err != nil {
		return p.fail(c, m.err)
	}
	now, err := writable(&m.twin)
	if err != nil {
		return p.fail(c, err)
	}
	if c.of == p.of {
		p.take(m.twin)
	}
	if c.box.closed || c.of != p.of {
		return p.lateConflict(c)
	}
	next := &change{of: c.of, base: m.twin, was: now, drafts: c.drafts, title: c.title}
	merged, conflicts := twinpatch.Rebase(c.was, c.want, now, nil)
	if len(conflicts) > 0 {
		return tea.Batch(p.closeBox(c), p.askConflicts(c, next, conflicts))
	}
	next.want = merged
	next.notes = []string{"Somebody else changed the twin meanwhile: this is your change on version " + version(m.twin) + "."}
	return tea.Batch(p.closeBox(c), p.onSettled(next))
}

// lateConflict tells of a change that met another while one looked at something else.
func (p *Page) lateConflict(c *change) tea.Cmd {
	const sentence = "the twin was changed by somebody else meanwhile"
	next := "look at it, then do it again"
	if d := p.drafts[c.of]; d != nil && c.drafts {
		d.failed, d.next = sentence, "ctrl+s puts your change on its new state"
		next = "the draft is kept: open the twin, then press e and ctrl+s"
	}
	return page.Tell(page.Report{Severity: page.Warning, Text: "the twin of " + c.of.String() + " was not changed: " + sentence, Next: next})
}

// onSettled goes on with a change that is one of the new state: the draft becomes one of it too.
func (p *Page) onSettled(c *change) tea.Cmd {
	if d := p.drafts[c.of]; d != nil && c.drafts {
		d.rebase(c.base, c.was, c.want)
	}
	if len(c.patch().Members) == 0 {
		return p.needless(c)
	}
	return p.ask(c)
}

// needless ends a change that somebody else has made already.
func (p *Page) needless(c *change) tea.Cmd {
	if c.drafts {
		p.discard(c.of)
	}
	return page.Tell(page.Report{Severity: page.Info, Text: "the twin of " + c.of.String() + " is as it was to be already: nothing is sent"})
}

// theirs says of which paths the other side's value is taken.
func theirs(taken [][]string) func([]string) bool {
	return func(path []string) bool {
		return slices.ContainsFunc(taken, func(t []string) bool { return slices.Equal(t, path) })
	}
}
