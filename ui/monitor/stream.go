package monitor

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// Init opens the stream.
func (p *Page) Init() tea.Cmd {
	now := p.ctx.Time()
	p.started, p.stats.since = now, now
	return tea.Batch(p.open(p.reads.at(p.start.position(now), nil)), p.openQueues(), p.tick(), p.loadFilters(), p.recordFirst())
}

// Close ends the stream and waits a moment for it.
func (p *Page) Close() {
	const patience = time.Second
	p.filters.finish(patience)
	p.record.finish(recordPatience)
	p.finishExport()
	p.Mailbox.Close()
	if p.feed == nil {
		return
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.feed.done:
	case <-timer.C:
	}
	p.closeQueues(timer.C)
}

// open ends the stream that is running and starts another.
func (p *Page) open(what Reading) tea.Cmd {
	ctx := p.Renew()
	p.feed = newFeed()
	p.parts = partitions{total: p.parts.total, some: len(what.Partitions) > 0}
	return tea.Batch(
		p.Ask(p.feed.run(ctx, p.source(), what)),
		p.Ask(p.feed.next(ctx, p.window())),
		p.Ask(p.feed.nextStates(ctx)),
	)
}

// clear forgets all events, and that they were there: they may come again.
func (p *Page) clear() {
	p.forget()
	p.figures.Reset()
	p.seen = seen{}
	p.started = p.ctx.Time()
}

// forget takes all events away.
func (p *Page) forget() {
	p.history.Clear()
	p.closeEvent()
	p.list.follow()
}

// ended tells whether the stream has ended by itself.
func (p *Page) ended() bool { return p.parts.ended }
