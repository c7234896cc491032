package monitor

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/events"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// queueNames are the queues that can be received beside the events, in words.
var queueNames = []struct {
	queue events.Queue
	what  string
}{
	{events.FeedbackQueue, "feedback"},
	{events.FileQueue, "file notifications"},
}

func queueName(q events.Queue) string {
	for _, n := range queueNames {
		if n.queue == q {
			return n.what
		}
	}
	return string(q)
}

// queues are those that are received; each has a feed of its own, which goes on when the stream is opened anew.
type queues map[events.Queue]*queueFeed

type queueFeed struct {
	queue  events.Queue
	feed   *feed
	ctx    context.Context
	cancel context.CancelFunc
	state  partition
	ended  bool
}

type (
	queueBatchMsg struct {
		from *queueFeed
		batchMsg
	}
	queueStatesMsg struct {
		from *queueFeed
		statesMsg
	}
	queueEndedMsg struct {
		from *queueFeed
		err  error
	}
	// askReceiveMsg asks for the question, receiveMsg for a queue to be received, or no longer.
	askReceiveMsg struct{ queue events.Queue }
	receiveMsg    struct{ queue events.Queue }
)

// openQueues receives what the options ask for.
func (p *Page) openQueues() tea.Cmd {
	var cmds []tea.Cmd
	for _, q := range p.o.Queues {
		cmds = append(cmds, p.receive(q))
	}
	return tea.Batch(cmds...)
}

// askReceive asks before a queue is received: that takes it away from others.
func (p *Page) askReceive(q events.Queue) tea.Cmd {
	if p.queues[q] != nil {
		return p.Act(func() tea.Msg { return receiveMsg{q} })
	}
	what := queueName(q)
	dialog := widget.NewConfirm(p.ctx.Styles, "Receive "+what, fmt.Sprintf("Take %s out of the hub?", what), "take "+what,
		p.Act(func() tea.Msg { return receiveMsg{q} }),
		"Each message goes to one receiver only, and is gone when it was taken here.",
		"An application that waits for "+what+" of this hub does not get what hubscope takes.")
	return p.ctx.Send(page.OpenDialog{Dialog: dialog})
}

// receive starts to receive a queue, or ends it.
func (p *Page) receive(q events.Queue) tea.Cmd {
	if running := p.queues[q]; running != nil {
		running.cancel()
		delete(p.queues, q)
		return nil
	}
	if p.o.OpenQueue == nil {
		return nil
	}
	ctx, cancel := context.WithCancel(p.Base())
	f := &queueFeed{queue: q, feed: newFeed(), ctx: ctx, cancel: cancel}
	p.queues[q] = f
	run := f.feed.run(ctx, func(Reading) (Source, error) { return p.o.OpenQueue(q, p.reads.webSocket) }, Reading{})
	return tea.Batch(p.Act(func() tea.Msg {
		ended, _ := run().(endedMsg)
		return queueEndedMsg{f, ended.err}
	}), p.Act(f.next(p.window())), p.Act(f.nextStates()))
}

func (f *queueFeed) next(window time.Duration) tea.Cmd {
	next := f.feed.next(f.ctx, window)
	return func() tea.Msg {
		if batch, ok := next().(batchMsg); ok {
			return queueBatchMsg{f, batch}
		}
		return nil
	}
}

func (f *queueFeed) nextStates() tea.Cmd {
	next := f.feed.nextStates(f.ctx)
	return func() tea.Msg {
		if states, ok := next().(statesMsg); ok {
			return queueStatesMsg{f, states}
		}
		return nil
	}
}

// onQueue takes what a queue has to say.
func (p *Page) onQueue(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case queueBatchMsg:
		p.stats.dropped += msg.dropped
		p.take(msg.events)
		return p.Act(msg.from.next(p.window()))
	case queueStatesMsg:
		for _, s := range msg.states {
			msg.from.state = partition{s, p.ctx.Time().Add(s.RetryIn)}
		}
		return p.Act(msg.from.nextStates())
	case queueEndedMsg:
		return p.onQueueEnd(msg)
	case askReceiveMsg:
		return p.askReceive(msg.queue)
	case receiveMsg:
		return p.receive(msg.queue)
	}
	return nil
}

func (p *Page) onQueueEnd(msg queueEndedMsg) tea.Cmd {
	msg.from.ended = true
	if msg.err == nil || p.queues[msg.from.queue] != msg.from {
		return nil
	}
	msg.from.cancel()
	delete(p.queues, msg.from.queue)
	what := queueName(msg.from.queue)
	sentence, next := hub.Explain(msg.err)
	return page.Tell(page.Report{
		Severity: page.Failure, Text: "receiving " + what + " stopped: " + sentence, Next: next, Detail: msg.err.Error(),
	})
}

// closeQueues ends all, and waits for each no longer than until the time is over.
func (p *Page) closeQueues(timeOver <-chan time.Time) {
	for _, f := range p.queues {
		f.cancel()
	}
	for _, f := range p.queues {
		select {
		case <-f.feed.done:
		case <-timeOver:
			return
		}
	}
}

// queuesText names the queues that are received, with the sign of how each is.
func (p *Page) queuesText() string {
	text := ""
	for _, n := range queueNames {
		f := p.queues[n.queue]
		if f == nil {
			continue
		}
		if text != "" {
			text += "  "
		}
		style, sign := p.phaseLook(f.state.Phase)
		text += p.ctx.Styles.Muted.Render(n.what) + " " + style.Render(sign)
	}
	return text
}

// queueLines tell about each queue that is received, for the details.
func (p *Page) queueLines() []string {
	var lines []string
	for _, n := range queueNames {
		f := p.queues[n.queue]
		if f == nil {
			continue
		}
		_, sign := p.phaseLook(f.state.Phase)
		line := fmt.Sprintf("%s %s: %s", sign, n.what, p.phaseText(f.state))
		if f.state.Err != nil {
			sentence, _ := hub.Explain(f.state.Err)
			line += ": " + sentence
		}
		lines = append(lines, safe.Inline(line))
	}
	return lines
}

// queueCommands are those of the palette.
func (p *Page) queueCommands() []page.Command {
	if p.o.OpenQueue == nil {
		return nil
	}
	var all []page.Command
	for _, n := range queueNames {
		command := page.Command{Name: "receive " + n.what, Desc: "take them out of the hub, away from other receivers"}
		if p.queues[n.queue] != nil {
			command = page.Command{Name: "receive " + n.what + " no longer", Desc: "leave them to others again"}
		}
		command.Run = func() tea.Cmd { return p.Act(func() tea.Msg { return askReceiveMsg{n.queue} }) }
		all = append(all, command)
	}
	return all
}
