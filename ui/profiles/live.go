package profiles

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/safe"
)

// typingPause is how long nothing must be typed before the text is looked at.
const typingPause = 120 * time.Millisecond

type (
	lookTimeMsg struct{ asked uint64 }
	lookedMsg   struct {
		asked  uint64
		of     string
		glance glance
	}
)

// lookAtRow looks at the profile under the cursor, unless that is what is shown.
func (p *Page) lookAtRow() tea.Cmd {
	e, has := p.rows.selected(p.table)
	if !has || p.editing != nil {
		return nil
	}
	if e.key() == p.glanced && (e.profile == nil || e.profile == p.glance.profile) {
		return nil
	}
	if e.key() != p.glanced {
		p.back = 0
	}
	p.asked++
	if e.profile == nil {
		p.glanced, p.glance = e.key(), glance{}
		if e.problem != nil {
			p.glance.mistakes = mistakesOf(e.problem)
		}
		return nil
	}
	return p.look()
}

// lookSoon looks at the text under edit when nothing has been typed for a moment.
func (p *Page) lookSoon() tea.Cmd {
	p.asked++
	asked := p.asked
	return p.Act(tea.Tick(typingPause, func(time.Time) tea.Msg { return lookTimeMsg{asked} }))
}

func (p *Page) onLookTime(m lookTimeMsg) tea.Cmd {
	if m.asked != p.asked {
		return nil
	}
	return p.look()
}

// look asks what the present profile or text comes to. One question is under way at a time: they take what time they
// take, and only the newest matters.
func (p *Page) look() tea.Cmd {
	if p.looking {
		p.again = true
		return nil
	}
	what, of, ok := p.subject()
	if !ok {
		return nil
	}
	p.looking = true
	asked := p.asked
	return p.Act(func() tea.Msg { return lookedMsg{asked, of, look(what)} })
}

func (p *Page) subject() (s subject, of string, ok bool) {
	s.from, s.seed = p.ctx.Time(), p.seed
	if ed := p.editing; ed != nil {
		s.file, s.text, s.device = ed.path, ed.text.Text(), p.deviceFor(stem(ed.path))
		return s, ed.path, true
	}
	e, has := p.rows.selected(p.table)
	if !has || e.profile == nil {
		return s, "", false
	}
	s.profile, s.device = e.profile, p.deviceFor(e.name)
	return s, e.key(), true
}

// deviceFor is the device id of the messages: the one that the page was opened for, or one that might be.
func (p *Page) deviceFor(name string) string {
	if p.device != "" {
		return p.device
	}
	return safe.Inline(name) + "-1"
}

func (p *Page) onLooked(m lookedMsg) tea.Cmd {
	p.looking = false
	if p.again {
		p.again = false
		return p.look()
	}
	if m.asked != p.asked {
		return nil
	}
	if p.editing == nil {
		p.glanced, p.glance = m.of, m.glance
		return nil
	}
	p.editing.seen(m.glance, p.rows.list)
	return nil
}
