package twin

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/twinpatch"
	"hubscope/ui/failure"
	"hubscope/ui/page"
)

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
