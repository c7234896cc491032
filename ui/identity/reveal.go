package identity

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

type hideMsg struct{ serial int }

// toggleKeys shows the keys for a while, or masks them again.
func (p *Page) toggleKeys() tea.Cmd {
	if p.shown {
		p.hide()
		return nil
	}
	p.shown = true
	p.reveal++
	serial := p.reveal
	return p.Act(tea.Tick(p.o.HideAfter, func(time.Time) tea.Msg { return hideMsg{serial} }))
}

func (p *Page) hide() {
	p.shown = false
	p.reveal++ // the timer of what was shown has nothing more to hide
}
