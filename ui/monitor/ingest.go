package monitor

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/events"
	"hubscope/ui/page"
)

// scanStep is how long a changed filter may be applied before keys are looked at again.
const scanStep = 2 * time.Millisecond

// window is how long events are gathered for the next message.
func (p *Page) window() time.Duration {
	if p.visible {
		return frame
	}
	return hiddenFrame
}

// onBatch takes the events of one frame and asks for the next.
func (p *Page) onBatch(msg batchMsg) tea.Cmd {
	p.stats.dropped += msg.dropped
	p.take(msg.events)
	p.feed.events.Recycle(msg.events)
	return tea.Batch(p.Ask(p.feed.next(p.Context(), p.window())), p.stepFigures())
}

// take keeps the events of one frame.
func (p *Page) take(batch []events.Event) {
	grew := false
	for i := range batch {
		e := &batch[i]
		if e.Partition != "" && !p.offline.on() && p.seen.again(e) {
			continue
		}
		p.stats.add(e)
		if e.Partition != "" {
			p.flows.add(e)
		}
		p.record.add(e)
		p.figures.Add(p.history.Take(e))
		grew = p.needs.Grow(nameWidth(e.DeviceID, e.ModuleID), e.Sequence, len(e.Properties) > 0) || grew
	}
	p.record.hand()
	if grew {
		p.resize()
	}
	p.figures.Settle()
	p.trimMarks()
	p.list.settle()
	if p.list.mode == following {
		p.showCurrent()
	}
}

// nameWidth measures a device id; ids are ASCII unless the hub breaks its own rules.
func nameWidth(device, module string) int {
	if module == "" {
		return len(device)
	}
	return len(device) + 1 + len(module)
}

func (p *Page) onStates(msg statesMsg) tea.Cmd {
	now := p.ctx.Time()
	cmds := []tea.Cmd{p.Ask(p.feed.nextStates(p.Context()))}
	for _, s := range msg.states {
		p.parts.put(s, now)
		p.flows.state(s, now)
		if s.Notice != nil {
			cmds = append(cmds, page.Tell(tellNotice(s.Notice)))
		}
	}
	return tea.Batch(append(cmds, p.tellHealth())...)
}

// tellHealth tells the header when the stream goes down and when it is back.
func (p *Page) tellHealth() tea.Cmd {
	worst := p.parts.worst()
	down := !p.parts.flowing() && worst != nil && rank(worst.Phase) >= rank(events.Retrying)
	if down == p.reportedDown {
		return nil
	}
	p.reportedDown = down
	return p.ctx.Send(page.StreamHealth{Down: down})
}

// onEnded takes the end of the stream, which comes once and is never lost.
func (p *Page) onEnded(msg endedMsg) tea.Cmd {
	p.parts.ended, p.parts.err = true, msg.err
	if msg.err == nil {
		return p.recordingEnded()
	}
	sentence, _ := hub.Explain(msg.err)
	return page.Tell(page.Report{
		Severity: page.Failure, Text: "event stream stopped: " + sentence, Next: "r on the Monitor tab starts it again",
		Detail: msg.err.Error(),
	})
}

// tick waits a second, or until the page is closed.
func (p *Page) tick() tea.Cmd {
	ctx := p.Base()
	return p.Act(func() tea.Msg {
		timer := time.NewTimer(time.Second)
		defer timer.Stop()
		select {
		case <-timer.C:
			return tickMsg{}
		case <-ctx.Done():
			return nil
		}
	})
}

// onTick ends a second: figures change, count-downs go on, the header is told the rate when that has changed.
func (p *Page) onTick() tea.Cmd {
	now := p.ctx.Time()
	p.flows.turn(now.Sub(p.stats.since))
	p.stats.turn(now)
	p.figures.Tick(now)
	p.painter.Today(now)
	rate := p.stats.rate
	changed := rate != 0 || p.reportRate != 0
	p.reportRate = rate
	if !changed {
		return tea.Batch(p.tick(), p.ageFilters())
	}
	return tea.Batch(p.tick(), p.ageFilters(), func() tea.Msg { return page.EventRate{PerSecond: rate} })
}
