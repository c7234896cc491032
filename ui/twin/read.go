package twin

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
)

// reading is how the twin is kept up to date.
type reading struct {
	known bool // it was read
	busy  bool
	when  time.Time // of the last answer that was good
	err   error     // of the last answer
	fails int       // in a row
	polls int       // number of the next poll that counts
}

type (
	settledMsg struct{ serial int }
	pollMsg    struct{ number int }
	readMsg    struct {
		serial int
		twin   hub.Twin
		err    error
	}
)

const readWords = "read twins or ask queries"

// read asks for the twin, unless it is asked for already or may not be.
func (p *Page) read() tea.Cmd {
	if p.of.device == "" || p.busy || !p.ctx.May(page.ReadTwins) {
		return nil
	}
	p.busy = true
	p.polls++
	store, ctx, of, serial := p.o.Store, p.Context(), p.of, p.serial
	return p.Ask(func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		// The next poll is another try, and says so meanwhile.
		t, err := store.ModuleTwin(hub.TryOnce(ctx), of.device, of.module)
		return readMsg{serial, t, err}
	})
}

// onRead keeps what is shown when it could not be read again.
func (p *Page) onRead(m readMsg) tea.Cmd {
	if m.serial != p.serial {
		return nil
	}
	p.busy = false
	if m.err == nil {
		p.take(m.twin)
		return p.schedule()
	}
	first := p.err == nil
	p.err = m.err
	p.fails++
	p.layOut()
	failure.Learn(p.ctx, page.ReadTwins, m.err, readWords)
	if !first {
		return p.schedule()
	}
	return tea.Batch(p.schedule(), failure.Note("the twin of "+p.of.String()+" could not be read", m.err))
}

// take shows a state of the twin.
func (p *Page) take(t hub.Twin) {
	changed := p.err != nil // its words give their lines back
	p.twin, p.when, p.err, p.fails = t, p.ctx.Time(), nil, 0
	for i, text := range [panels]string{desired: string(t.Desired), reported: string(t.Reported), tags: string(t.Tags)} {
		changed = p.panels[i].update(text, p.known) || changed
	}
	p.known = true
	if changed {
		p.compare()
		p.layOut()
	}
}

// longestWait bounds the time between two polls when the hub does not answer well.
const longestWait = time.Minute

// schedule reads again in a while, as long as the twin can be seen.
func (p *Page) schedule() tea.Cmd {
	p.polls++
	if !p.visible {
		return nil
	}
	wait := p.o.Poll
	for range p.fails {
		wait = min(2*wait, max(longestWait, p.o.Poll))
	}
	var refused *hub.Error
	if errors.As(p.err, &refused) {
		wait = max(wait, refused.RetryAfter)
	}
	number := p.polls
	return p.Ask(tea.Tick(wait, func(time.Time) tea.Msg { return pollMsg{number} }))
}

// SetVisible polls while the twin can be seen.
func (p *Page) SetVisible(visible bool) tea.Cmd {
	if visible == p.visible {
		return nil
	}
	p.visible = visible
	if !visible || !p.known && p.err == nil {
		p.polls++
		return nil
	}
	return p.read()
}

func (p *Page) onDevicesChanged(m page.DevicesChanged) tea.Cmd {
	if !p.visible || !p.known || !slices.Contains(m.DeviceIDs, p.of.device) {
		return nil
	}
	return p.read()
}
