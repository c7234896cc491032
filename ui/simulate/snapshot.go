package simulate

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

func (p *Page) tick() tea.Cmd {
	return p.Act(tea.Tick(tickEvery, func(time.Time) tea.Msg { return tickMsg{} }))
}

// sumUp reads what is about all devices, which may be thousands, beside the screen.
func (p *Page) sumUp() tea.Cmd {
	if p.summing {
		return nil
	}
	p.summing = true
	fleet, ailing := p.fleet, p.rows.ailing
	return p.Act(func() tea.Msg {
		m := summedMsg{summary: fleet.Summary()}
		if ailing {
			m.worst = fleet.Worst(mostAiling)
		}
		return m
	})
}

// snapshot reads which devices there are; the table asks for those on screen.
func (p *Page) snapshot() {
	p.rows.read()
	p.states = p.fleet.States()
	if len(p.rows.all) <= few {
		p.summary = p.fleet.Summary()
	}
	p.layout()
	p.table.Sync()
	p.readLog()
}

func (p *Page) onTick() tea.Cmd {
	if !p.visible {
		p.ticking = false
		return nil
	}
	p.snapshot()
	return tea.Batch(p.tick(), p.sumUp())
}

func (p *Page) onSummed(m summedMsg) {
	p.summing = false
	p.summary = m.summary
	p.rows.worst(m.worst)
	p.snapshot()
}
