package monitor

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/unpack"
)

// unpackedMsg brings bodies that were unpacked beside the screen.
type unpackedMsg struct{ bodies unpack.Result }

// unpack has the bodies unpacked that filters, search and figures need.
func (p *Page) unpack() tea.Cmd {
	work, served := p.shelf.Work(p.history.Event, p.history, p.figures)
	if served {
		p.settle()
		p.showCurrent()
		p.reach()
	}
	if work == nil {
		return nil
	}
	return p.Act(func() tea.Msg { return unpackedMsg{work()} })
}

func (p *Page) onUnpacked(msg unpackedMsg) tea.Cmd {
	p.shelf.Take(msg.bodies, p.history, p.figures)
	p.painter.Forget()
	p.settle()
	p.showCurrent()
	return tea.Batch(p.findStep(), p.stepFigures())
}

// legible is an event for its row: with its body unpacked, where that was done for somebody.
func (p *Page) legible(n uint64, e *history.Event) *history.Event {
	data, is := p.shelf.Known(n)
	if !is || len(data) == 0 {
		return e
	}
	as := *e
	as.Body = data
	return &as
}
