package c2d

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/c2d"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// depth is how many messages wait for the device, as far as it is known.
type depth struct {
	n      int
	known  bool
	at     time.Time // of the answer
	err    error     // why it could not be read since
	serial int       // of the question that counts
	asking bool
	purge  *trouble // why the last purge failed
}

type (
	// settledMsg says that the cursor has rested on a device.
	settledMsg struct{ serial int }
	// pollMsg asks again.
	pollMsg struct{ serial int }
	// depthMsg is the answer.
	depthMsg struct {
		serial int
		device hub.Device
		err    error
	}
	// purgedMsg is what came of a purge, whatever is on screen by then.
	purgedMsg struct {
		target c2d.To
		n      int
		err    error
	}
)

// settleTime is how long the cursor rests on a device before its queue is read.
const settleTime = 150 * time.Millisecond

const callLimit = 30 * time.Second

// restart counts the queue of another device, as the list knows it until it was read.
func (p *Page) restart(d hub.Device) tea.Cmd {
	p.Renew()
	p.queue = depth{n: d.C2DCount, known: true, at: p.ctx.Time(), serial: p.queue.serial + 1}
	serial := p.queue.serial
	return p.Ask(tea.Tick(settleTime, func(time.Time) tea.Msg { return settledMsg{serial} }))
}

// readDepth asks how many messages wait, while that can be seen.
func (p *Page) readDepth() tea.Cmd {
	if p.desk == nil || !p.visible || p.queue.asking || !p.ctx.May(page.ReadRegistry) {
		return nil
	}
	p.queue.asking = true
	store, ctx, id, serial := p.o.Registry, p.Context(), p.desk.target.DeviceID, p.queue.serial
	return p.Ask(func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		d, err := store.Device(ctx, id)
		return depthMsg{serial, d, err}
	})
}

// recount is readDepth after the queue of to was changed: an answer that is on its way does not know of it. The queue of
// another device is counted when that is shown.
func (p *Page) recount(to c2d.To) tea.Cmd {
	if p.desk == nil || p.desk.target.DeviceID != to.DeviceID {
		return nil
	}
	p.queue.serial++
	p.queue.asking = false
	return p.readDepth()
}

func (p *Page) onDepth(m depthMsg) tea.Cmd {
	if m.serial != p.queue.serial {
		return nil
	}
	p.queue.asking = false
	p.queue.err = m.err
	if m.err == nil {
		p.queue.n, p.queue.known, p.queue.at = m.device.C2DCount, true, p.ctx.Time()
	}
	failure.Learn(p.ctx, page.ReadRegistry, m.err, "read device identities")
	p.layout()
	return p.poll()
}

// poll asks again in a while.
func (p *Page) poll() tea.Cmd {
	if !p.visible || p.polling {
		return nil
	}
	p.polling = true
	serial := p.queue.serial
	return p.Act(tea.Tick(p.o.Poll, func(time.Time) tea.Msg { return pollMsg{serial} }))
}

func (p *Page) onPoll() tea.Cmd {
	p.polling = false
	if cmd := p.readDepth(); cmd != nil {
		return cmd
	}
	return p.poll()
}

// askPurge asks before messages are taken away from a device; for many a count is to be typed.
func (p *Page) askPurge() tea.Cmd {
	if cmd := failure.Denied(p.ctx, page.SendMessages, "the queue is not purged"); cmd != nil {
		return cmd
	}
	id := p.desk.target.DeviceID
	n := p.queue.n
	if p.queue.known && n == 0 {
		return page.Tell(page.Report{Severity: page.Info, Text: "no message waits for " + safe.Inline(id)})
	}
	title, purge := "Purge the queue of "+safe.Line(id, 40), p.purge(p.desk.target)
	question := fmt.Sprintf("Purge %s that waits for %s?", widget.Plural(n, "message"), safe.Line(id, 60))
	if n > 1 {
		question = fmt.Sprintf("Purge %s that wait for %s?", widget.Plural(n, "message"), safe.Line(id, 60))
	}
	detail := []string{
		"The device does not get them. Those that ask for negative or full feedback get it.",
	}
	if n < manyMessages {
		return p.ctx.Send(page.OpenDialog{Dialog: widget.NewConfirm(p.ctx.Styles, title, question, "purge", purge, detail...)})
	}
	return p.ctx.Send(page.OpenDialog{Dialog: widget.NewTyped(p.ctx.Styles, p.ctx.Keys, title, question, fmt.Sprint(n), "purge", purge, detail...)})
}

// manyMessages is from how many on their number is to be typed.
const manyMessages = 10

func (p *Page) purge(to c2d.To) tea.Cmd {
	store, base := p.o.Registry, p.Base()
	return p.Act(func() tea.Msg {
		ctx, cancel := context.WithTimeout(base, callLimit)
		defer cancel()
		n, err := store.PurgeC2D(ctx, to.DeviceID)
		return purgedMsg{to, n, err}
	})
}

func (p *Page) onPurged(m purgedMsg) tea.Cmd {
	what, here := "the queue of "+safe.Inline(m.target.DeviceID), p.desk != nil && p.desk.target == m.target
	if m.err != nil {
		failure.Learn(p.ctx, page.SendMessages, m.err, "purge messages")
		t := explain(m.err, purgesAgain)
		if here {
			p.queue.purge = t
			p.layout()
		}
		return page.Tell(t.report(what + " was not purged"))
	}
	if here {
		p.queue.purge = nil
		p.layout()
	}
	text := widget.Plural(m.n, "message") + " purged from " + what
	return tea.Batch(page.Tell(page.Report{Severity: page.Success, Text: text}), p.recount(m.target))
}

// queueLine says how many messages wait.
func (p *Page) queueLine() (grade grade, text string) {
	q := &p.queue
	text = fmt.Sprintf("%d of %d wait", q.n, c2d.MaxQueue)
	grade = muted
	switch {
	case q.n >= c2d.MaxQueue:
		grade, text = warn, text+": it is full, D purges"
	case q.n > 0 && !p.device.Connected():
		grade, text = normal, text+" until the device connects"
	case q.n > 0:
		grade = normal
	case !p.device.Connected():
		text += "; the device is offline"
	}
	if q.err != nil {
		return warn, fmt.Sprintf("%d of %d, %s", q.n, c2d.MaxQueue, widget.Ago(p.ctx.Time(), q.at))
	}
	return grade, text
}

// queueTrouble is why the queue was not purged or counted, and what to press; "" when it was.
func (p *Page) queueTrouble() string {
	t, what := p.queue.purge, "✗ not purged: "
	if t == nil && p.queue.err != nil {
		t, what = explain(p.queue.err, ""), "✗ not counted: "
		if t.short != "no device" {
			t.next = "it is tried again"
		}
	}
	if t == nil {
		return ""
	}
	return what + t.sentence + ": " + t.next
}
