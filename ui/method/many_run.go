package method

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

type (
	// startMsg calls the devices of these rows.
	startMsg struct{ rows []int }
	// batchEndedMsg says that all calls of a batch have ended; err is why it was cut short.
	batchEndedMsg struct {
		serial int
		err    error
	}
)

// sureFrom is the number of devices from which it is asked before they are called.
const sureFrom = 10

// askAll calls all devices; many only after a question.
func (p *Many) askAll() tea.Cmd {
	rows := make([]int, len(p.results.all))
	for i := range rows {
		rows[i] = i
	}
	return p.ask(rows, widget.Plural(len(rows), "device"))
}

// askFailed calls those again that gave no good answer, and those that were not called.
func (p *Many) askFailed() tea.Cmd {
	var rows []int
	for i, one := range p.results.all {
		if one.failed() {
			rows = append(rows, i)
		}
	}
	if len(rows) == 0 {
		return page.Tell(page.Report{Severity: page.Info, Text: "no device has failed", Next: "ctrl+s calls all of them"})
	}
	return p.ask(rows, widget.Plural(len(rows), "device")+" without a good answer")
}

func (p *Many) ask(rows []int, who string) tea.Cmd {
	if cmd := p.denied(); cmd != nil {
		return cmd
	}
	if p.batch != nil {
		return page.Tell(page.Report{Severity: page.Warning, Text: "a call is still under way", Next: "esc cancels it"})
	}
	if len(rows) == 0 {
		return nil
	}
	call, at, err := p.form.call()
	if err != nil {
		p.typing = true
		p.form.focus(at)
		if at == payloadPart {
			p.form.toMistake()
		}
		p.layout()
		return page.Tell(page.Report{Severity: page.Warning, Text: safe.Inline(err.Error())})
	}
	if len(rows) < sureFrom {
		return p.start(rows)
	}
	box := widget.NewConfirm(p.ctx.Styles, "Call many devices", "Call "+safe.Line(call.Name, 60)+" on "+who+"?", "call",
		p.Act(func() tea.Msg { return startMsg{rows} }), aboutCall(call))
	return p.ctx.Send(page.OpenDialog{Dialog: box})
}

// start calls the devices of some rows. What was answered before stays with the others.
func (p *Many) start(rows []int) tea.Cmd {
	call, _, err := p.form.call()
	if err != nil || p.batch != nil {
		return nil
	}
	p.stopTyping()
	p.opened = false
	p.serial++
	ctx, cancel := context.WithCancel(p.Base())
	b := &batch{serial: p.serial, call: call, rows: rows, began: p.ctx.Time(), cancel: cancel, now: p.ctx.Now}
	p.batch = b
	p.o.Memory.note(call)
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = p.results.all[row].device
		p.results.all[row].entry = nil
	}
	p.arrange()
	to := p.o.Hub
	run := p.Act(func() tea.Msg { return batchEndedMsg{b.serial, b.run(ctx, to, ids)} })
	return tea.Batch(run, p.tickOn())
}

// collect takes what has come of the calls.
func (p *Many) collect() {
	b := p.batch
	if b == nil {
		return
	}
	t := b.take()
	p.until = t.until
	for _, row := range t.started {
		if one := p.results.all[row]; one.entry == nil {
			p.serial++
			one.entry = &entry{serial: p.serial, call: b.call, began: p.ctx.Time()}
		}
	}
	for _, a := range t.answers {
		e := p.results.all[a.Index].entry
		if e == nil { // turned away before it was made
			continue
		}
		e.ended, e.result, e.took = true, a.Result, a.Took
		if a.Result.Took > 0 {
			e.took = a.Result.Took
		}
		if a.Err != nil {
			e.trouble = explain(a.Err, e.call, target{device: a.DeviceID}, false)
			failure.Learn(p.ctx, page.Invoke, a.Err, "call direct methods")
		}
	}
	if len(t.started)+len(t.answers) > 0 {
		p.arrange()
	}
}

func (p *Many) onEnded(m batchEndedMsg) tea.Cmd {
	if p.batch == nil || p.batch.serial != m.serial {
		return nil
	}
	p.collect()
	b := p.batch
	p.batch = nil
	for _, row := range b.rows { // calls that were begun and never answered
		if e := p.results.all[row].entry; e != nil && !e.ended {
			p.results.all[row].entry = nil
		}
	}
	p.arrange()
	return tea.Batch(page.Tell(p.summary(b, m.err)), p.tickOn())
}
