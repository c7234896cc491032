package method

import (
	"cmp"
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/fanout"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
)

// answeredMsg is the end of a call, whatever is on screen by then.
type answeredMsg struct {
	target target
	serial int
	result hub.MethodResult
	took   time.Duration
	err    error
}

// send makes the call that the form says. What is wrong with it is gone to.
func (p *Page) send() tea.Cmd {
	if cmd := p.denied(); cmd != nil {
		return cmd
	}
	f := p.desk.form
	call, at, err := f.call()
	if err != nil {
		p.typing = true
		f.focus(at)
		if at == payloadPart {
			f.toMistake()
		}
		p.layout()
		return page.Tell(page.Report{Severity: page.Warning, Text: safe.Inline(err.Error())})
	}
	if p.desk.running != nil {
		return p.busy()
	}
	return p.invoke(call)
}

func (p *Page) busy() tea.Cmd {
	return page.Tell(page.Report{
		Severity: page.Warning, Text: safe.Inline(p.desk.running.call.Name) + " is still waiting for its answer", Next: "esc cancels it",
	})
}

// again makes the last call of this target once more.
func (p *Page) again() tea.Cmd {
	switch cmd := p.denied(); {
	case cmd != nil:
		return cmd
	case p.desk.running != nil:
		return p.busy()
	case len(p.desk.history) == 0:
		return page.Tell(page.Report{Severity: page.Info, Text: "no method was called here yet", Next: "e writes a call"})
	}
	return p.invoke(p.desk.history[0].call)
}

func (p *Page) invoke(call hub.MethodCall) tea.Cmd {
	d := p.desk
	p.stopTyping()
	p.opened, p.answer.top = false, 0
	p.serial++
	ctx, cancel := context.WithCancel(p.Base())
	d.running = &running{entry: &entry{serial: p.serial, call: call, began: p.ctx.Time()}, cancel: cancel}
	d.add(d.running.entry)
	p.o.Memory.note(call)
	p.layout()
	return tea.Batch(p.Act(p.run(ctx, d.running, d.target)), p.tickOn())
}

// throttledFor is how long one call goes on with a hub that is throttled.
const throttledFor = 2 * time.Minute

// run makes the call; while the hub is throttled it waits as the hub says, and tells until when.
func (p *Page) run(ctx context.Context, r *running, t target) tea.Cmd {
	to, call, serial := p.o.Hub, r.call, r.serial
	until, cancel, now := &r.until, r.cancel, p.ctx.Now
	return func() tea.Msg {
		defer cancel()
		m, answered := answeredMsg{target: t, serial: serial}, false
		err := fanout.Run(ctx, moduleOf{to, t.module}, []string{t.device}, call, fanout.Options{
			Patience: throttledFor, Now: now,
			Answered: func(a fanout.Answer) { answered, m.result, m.err, m.took = true, a.Result, a.Err, a.Took },
			Waiting: func(at time.Time, _ error) {
				until.Store(0)
				if !at.IsZero() {
					until.Store(at.UnixNano())
				}
			},
		})
		if !answered {
			m.err = err
		}
		return m
	}
}

// moduleOf calls the methods of a module of each device; with "" those of the device.
type moduleOf struct {
	hub    Invoker
	module string
}

// InvokeMethod implements fanout.Invoker.
func (m moduleOf) InvokeMethod(ctx context.Context, deviceID string, c hub.MethodCall) (hub.MethodResult, error) {
	return m.hub.InvokeModuleMethod(ctx, deviceID, m.module, c)
}

// onAnswered puts an answer where its call was made.
func (p *Page) onAnswered(m answeredMsg) tea.Cmd {
	d := p.desks.all[m.target]
	if d == nil || d.running == nil || d.running.serial != m.serial {
		return nil
	}
	e := d.running.entry
	d.running = nil
	e.ended, e.result, e.took = true, m.result, cmp.Or(m.result.Took, m.took)
	what := safe.Inline(e.call.Name) + " on " + safe.Inline(m.target.String())
	if m.err != nil {
		e.trouble = explain(m.err, e.call, m.target, p.canStart(m.target))
		failure.Learn(p.ctx, page.Invoke, m.err, "call direct methods")
		p.layout()
		return page.Tell(e.trouble.report(what))
	}
	p.layout()
	return page.Tell(answerReport(what, e))
}

func answerReport(what string, e *entry) page.Report {
	r := page.Report{
		Severity: page.Success, Text: what + " answered " + statusText(e.result.Status) + " in " + duration(e.took),
		Detail: safe.Line(compact(e.result.Payload), 300),
	}
	if !fine(e.result.Status) {
		r.Severity = page.Warning
	}
	return r
}

// canStart says whether a simulated device could answer in place of one that is not there.
func (p *Page) canStart(t target) bool {
	return t.module == "" && p.ctx.May(page.Simulate) && !p.o.Running(t.device)
}
