package c2d

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/c2d"
	"hubscope/hub/events"
	"hubscope/hub/wire"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// feedback is what is known of the hub's feedback, and whether it is read for this page.
type feedback struct {
	feed    *feed
	stop    func() // ends listening
	state   events.PartitionState
	allowed bool // the user wants it taken out of the hub
	cancel  context.CancelFunc
	done    chan struct{} // closed when the reading has ended; nil before the first
	err     error         // it ended by itself
	ticking bool
	others  int // records about messages that were not sent here

	// early are records that came before it was known that the hub has the message.
	early []wire.FeedbackRecord
}

type (
	// readEndedMsg says that feedback is not read any more, and why if it ended by itself.
	readEndedMsg struct {
		done chan struct{}
		err  error
	}
	// overdueMsg looks whether some feedback is not to be waited for any more.
	overdueMsg struct{}
	// allowMsg says that the user wants feedback.
	allowMsg struct{}
)

// lookEvery is how often messages are looked at whose feedback does not come.
const lookEvery = 15 * time.Second

// listen hears what is read of the feedback, for this page or for others.
func (p *Page) listen() tea.Cmd {
	if p.o.Feedback == nil {
		return nil
	}
	p.told.stop = p.o.Feedback.Listen(p.told.feed)
	return p.Act(p.nextFeedback())
}

func (p *Page) nextFeedback() tea.Cmd {
	f, ctx := p.told.feed, p.Base()
	return func() tea.Msg {
		if m, ok := f.next(ctx); ok {
			return m
		}
		return nil
	}
}

// waiting is how many messages feedback may still come about.
func (p *Page) waiting() int {
	n := 0
	p.desks.each(func(_ *desk, e *entry) {
		if e.waits() {
			n++
		}
	})
	return n
}

// follow has feedback read while a message waits for it, and no longer. At a hub that others may use the user must have
// wanted it: what is taken here no other program gets.
func (p *Page) follow() tea.Cmd {
	t := &p.told
	wanted := p.o.Feedback != nil && (p.ctx.Local || t.allowed) && p.waiting() > 0
	switch {
	case !wanted && t.cancel != nil:
		t.cancel()
		t.cancel = nil
	case wanted && t.cancel == nil && t.err == nil:
		return tea.Batch(p.read(), p.tickOn())
	}
	return p.tickOn()
}

func (p *Page) read() tea.Cmd {
	ctx, cancel := context.WithCancel(p.Base())
	done := make(chan struct{})
	p.told.cancel, p.told.done = cancel, done
	source := p.o.Feedback
	return p.Act(func() tea.Msg {
		defer close(done)
		return readEndedMsg{done, source.Read(ctx)}
	})
}

// onReadEnded keeps why feedback is not read any more.
func (p *Page) onReadEnded(m readEndedMsg) tea.Cmd {
	if m.done != p.told.done || m.err == nil {
		return nil
	}
	p.told.cancel()
	p.told.cancel, p.told.err = nil, m.err
	return failure.Tell("feedback is not read", m.err)
}

func (p *Page) tickOn() tea.Cmd {
	if p.told.ticking || p.waiting() == 0 {
		return nil
	}
	p.told.ticking = true
	return p.Act(tea.Tick(lookEvery, func(time.Time) tea.Msg { return overdueMsg{} }))
}

// onOverdue gives up what feedback is not to be waited for any more.
func (p *Page) onOverdue() tea.Cmd {
	p.told.ticking = false
	now := p.ctx.Time()
	p.desks.each(func(_ *desk, e *entry) {
		if e.waits() && now.After(e.deadline()) {
			e.fate, e.told = silent, now
		}
	})
	p.layout()
	return p.follow()
}

// onFeedback gives records to the messages that they are about.
func (p *Page) onFeedback(m feedbackMsg) tea.Cmd {
	p.told.state = m.state
	cmds := []tea.Cmd{p.Act(p.nextFeedback())}
	for _, r := range m.records {
		cmds = append(cmds, p.take(r))
	}
	if len(m.records) > 0 {
		cmds = append(cmds, p.readDepth())
	}
	p.layout()
	return tea.Batch(append(cmds, p.follow())...)
}

// mostEarly bounds the records that are kept for messages that are on their way.
const mostEarly = 100

// take gives a record to the oldest message of its device that it may be about.
func (p *Page) take(r wire.FeedbackRecord) tea.Cmd {
	d := p.desks.all[c2d.To{DeviceID: r.DeviceID, ModuleID: r.ModuleID}]
	if d == nil {
		p.told.others++
		return nil
	}
	for i := len(d.history) - 1; i >= 0; i-- {
		if e := d.history[i]; e.waits() && e.receipt.MessageID == r.OriginalMessageID {
			return p.settle(d, e, r)
		}
	}
	if d.running != nil && len(p.told.early) < mostEarly {
		p.told.early = append(p.told.early, r)
		return nil
	}
	p.told.others++
	return nil
}

// takeEarly gives a message what was told of it before its sending had ended.
func (p *Page) takeEarly(d *desk, e *entry) {
	early := p.told.early
	p.told.early = nil
	for _, r := range early {
		switch {
		case r.OriginalMessageID == e.receipt.MessageID && r.DeviceID == d.target.DeviceID && e.waits():
			p.settle(d, e, r)
		default:
			p.told.early = append(p.told.early, r)
		}
	}
	if !p.sendingAny() {
		p.told.others += len(p.told.early)
		p.told.early = nil
	}
}

func (p *Page) sendingAny() bool {
	for _, d := range p.desks.all {
		if d.running != nil {
			return true
		}
	}
	return false
}

func (p *Page) settle(d *desk, e *entry, r wire.FeedbackRecord) tea.Cmd {
	e.record, e.told, e.fate = r, p.ctx.Time(), other
	if known, ok := fates[r.StatusCode]; ok {
		e.fate = known
	}
	what := "the message to " + safe.Inline(d.target.DeviceID) + " " + p.fateWords(e)
	report := page.Report{Severity: page.Success, Text: what, Detail: "message id " + safe.Inline(r.OriginalMessageID)}
	if e.fate != delivered {
		report.Severity = page.Warning
	}
	return page.Tell(report)
}

// askFeedback asks before feedback is taken out of a hub that others may use, and tries again after a failure.
func (p *Page) askFeedback() tea.Cmd {
	switch {
	case p.o.Feedback == nil:
		return nil
	case p.told.err != nil:
		p.told.err = nil
		return p.follow()
	case p.ctx.Local || p.told.allowed:
		return page.Tell(page.Report{Severity: page.Info, Text: "feedback is read here while a message waits for it"})
	}
	dialog := widget.NewConfirm(p.ctx.Styles, "Receive feedback", "Take feedback out of the hub while a message sent here waits for it?", "take feedback",
		p.Act(func() tea.Msg { return allowMsg{} }),
		"Each record goes to one receiver only, and is gone when it was taken here.",
		"An application that waits for feedback of this hub does not get what hubscope takes.")
	return p.ctx.Send(page.OpenDialog{Dialog: dialog})
}
