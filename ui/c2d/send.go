package c2d

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/c2d"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
)

// sentMsg is the end of a sending, whatever is on screen by then.
type sentMsg struct {
	target  c2d.To
	serial  int
	body    []byte
	receipt c2d.Receipt
	err     error
}

// patience is how long a message may take to reach the hub with all that can happen to it on the way.
const patience = 40 * time.Second

const notSent = "no message is sent"

// denied reports why messages cannot be sent; nil when they can.
func (p *Page) denied() tea.Cmd { return failure.Denied(p.ctx, page.SendMessages, notSent) }

// send sends the message that the form says.
func (p *Page) send() tea.Cmd {
	if cmd := p.denied(); cmd != nil {
		return cmd
	}
	if f := p.desk.form; f.kind == fileBody && !f.file.fit() {
		return p.Act(f.file.again(p.desk.target))
	}
	return p.sendForm()
}

// sendForm sends what the form says. What is wrong with it is gone to.
func (p *Page) sendForm() tea.Cmd {
	f := p.desk.form
	d, at, err := f.draft(p.desk.target, p.ctx.Time())
	if err != nil {
		p.typing = true
		f.focus(at)
		if at == bodyPart && f.json != nil || at == propertiesPart {
			f.toMistake()
		}
		p.layout()
		return page.Tell(page.Report{Severity: page.Warning, Text: "not sent: " + safe.Inline(err.Error())})
	}
	if p.desk.running != nil {
		return p.busy()
	}
	return p.dispatch(d)
}

func (p *Page) busy() tea.Cmd {
	return page.Tell(page.Report{Severity: page.Warning, Text: "a message is still on its way to the hub", Next: "esc cancels it"})
}

// again sends the message under the cursor once more.
func (p *Page) again() tea.Cmd {
	if cmd := p.denied(); cmd != nil {
		return cmd
	}
	e := p.desk.shown()
	switch {
	case p.desk.running != nil:
		return p.busy()
	case e == nil:
		return page.Tell(page.Report{Severity: page.Info, Text: "no message was sent here yet", Next: "e writes one"})
	case e.gone && e.draft.file == "":
		return page.Tell(page.Report{Severity: page.Warning, Text: "the body of this message is not kept any more", Next: "e writes another"})
	}
	d := e.draft
	if err := d.Check(p.desk.target, p.ctx.Time()); err != nil { // its time may be over
		return page.Tell(page.Report{Severity: page.Warning, Text: "not sent: " + safe.Inline(err.Error()), Next: "w writes it anew from this one"})
	}
	return p.dispatch(d)
}

func (p *Page) dispatch(d draft) tea.Cmd {
	desk := p.desk
	p.stopTyping()
	p.opened = false
	p.serial++
	ctx, cancel := context.WithCancel(p.Base())
	e := &entry{serial: p.serial, draft: d, began: p.ctx.Time(), size: len(d.Body)}
	desk.running = &running{entry: e, cancel: cancel}
	desk.add(e)
	p.layout()
	return p.Act(p.run(ctx, desk.running, desk.target))
}

// run reads the file, if there is one, and sends.
func (p *Page) run(ctx context.Context, r *running, to c2d.To) tea.Cmd {
	sender, d, m, cancel := p.o.Sender, r.draft, sentMsg{target: to, serial: r.serial}, r.cancel
	return func() tea.Msg {
		defer cancel()
		ctx, over := context.WithTimeout(ctx, patience)
		defer over()
		if d.file != "" {
			body, err := readBody(d.file)
			if err != nil {
				m.err = &fileError{d.file, err}
				return m
			}
			d.Body, m.body = body, body
		}
		m.receipt, m.err = sender.Send(ctx, to, d.Message)
		return m
	}
}

// onSent puts what came of a sending where it was begun.
func (p *Page) onSent(m sentMsg) tea.Cmd {
	d := p.desks.all[m.target]
	if d == nil || d.running == nil || d.running.serial != m.serial {
		return nil
	}
	e := d.running.entry
	d.running = nil
	e.sent = p.ctx.Time()
	if m.body != nil {
		e.draft.Body, e.size = m.body, len(m.body)
	}
	what := "the message to " + safe.Inline(m.target.DeviceID)
	if m.err != nil {
		e.fate, e.trouble = failed, explain(m.err, sendsAgain)
		failure.Learn(p.ctx, page.SendMessages, m.err, "send messages to devices")
		p.layout()
		return tea.Batch(page.Tell(e.trouble.report(what+" was not sent")), p.recount(m.target))
	}
	e.fate, e.receipt = queued, m.receipt
	p.desks.spare()
	p.takeEarly(d, e)
	p.layout()
	return tea.Batch(page.Tell(page.Report{
		Severity: page.Success, Text: what + " is in its queue", Detail: "message id " + safe.Inline(m.receipt.MessageID),
	}), p.recount(m.target), p.follow())
}
