package identity

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/secret"
	"hubscope/ui/page"
)

// change is something that is to become of an identity.
type change struct {
	before, after hub.Device // after has the ETag of what was seen
	doing         string     // "disabling wind-1"
	done, not     string     // "wind-1 disabled", "wind-1 not disabled"
	next          string     // after it is done
	form          *form      // that asked for it; nil: a question that is gone
}

// rekeyed says that the key which its devices connect with is another one.
func (c change) rekeyed() bool {
	return c.before.Auth.Primary.Reveal() != c.after.Auth.Primary.Reveal()
}

// changedMsg is what became of a change: the identity as it is now, when that is known.
type changedMsg struct {
	change
	now     hub.Device
	known   bool
	err     error
	simKey  error // why the simulated device did not get the new key
	hasSim  bool
	regives bool // the simulated device has a new key
	revived bool // the simulated device was started again
}

// apply changes an identity, if nobody else has since it was read. A simulated device
// of it gets a new key before the hub ends its connection, and the old one again when
// the hub did not take it.
func (p *Page) apply(c change) tea.Cmd {
	p.doing[c.after.DeviceID], p.failed = c.doing, nil
	store, base, rekey := p.o.Store, p.Base(), p.rekeyer(c)
	revive := p.reviver(c)
	return p.Act(func() tea.Msg {
		m := changedMsg{change: c, hasSim: rekey != nil}
		if rekey != nil {
			m.simKey = rekey(c.after.Auth.Primary)
		}
		ctx, cancel := context.WithTimeout(base, callLimit)
		defer cancel()
		m.now, m.err = store.UpdateDevice(ctx, c.after)
		m.known = m.err == nil
		if m.err != nil {
			m.lookAgain(base, store)
		}
		if rekey != nil && m.err != nil {
			_ = rekey(keyOf(m)) // it had one before
		}
		m.revived = revive != nil && m.err == nil && revive(ctx) == nil
		m.regives = rekey != nil && m.err == nil && m.simKey == nil
		return m
	})
}

// lookAgain reads what the identity is after a call that failed: somebody else may have
// changed it, or only the answer was lost.
func (m *changedMsg) lookAgain(base context.Context, store Store) {
	ctx, cancel := context.WithTimeout(base, lookLimit)
	defer cancel()
	now, err := store.Device(ctx, m.after.DeviceID)
	if err != nil {
		return
	}
	m.now, m.known = now, true
	var refused *hub.Error
	if !errors.As(m.err, &refused) && same(now, m.after) {
		m.err = nil
	}
}

// keyOf is the key that holds after a change that was not made.
func keyOf(m changedMsg) secret.Text {
	if m.known {
		return m.now.Auth.Primary
	}
	return m.before.Auth.Primary
}

// rekeyer gives the simulated device another key; nil when there is no need.
func (p *Page) rekeyer(c change) func(secret.Text) error {
	id := c.after.DeviceID
	if p.o.Simulated == nil || p.o.Rekey == nil || !c.rekeyed() {
		return nil
	}
	if _, ok := p.o.Simulated(id); !ok {
		return nil
	}
	rekey := p.o.Rekey
	return func(key secret.Text) error { return rekey(id, key) }
}

func (p *Page) onChanged(m changedMsg) tea.Cmd {
	id := m.after.DeviceID
	delete(p.doing, id)
	if m.known && id == p.device.DeviceID {
		p.Renew() // what was read before is old
		p.busy = false
		p.take(m.now)
	}
	if m.err != nil {
		return p.onNotChanged(m)
	}
	r := page.Report{Severity: page.Success, Text: m.done, Next: m.next}
	switch {
	case m.revived:
		r.Text, r.Next = r.Text+", its simulated device is started again", ""
	case m.regives:
		r.Text += ", its simulated device has the new key"
	case m.hasSim:
		r.Severity, r.Next = page.Warning, "start its simulated device anew: it did not get the new key"
	}
	var closed tea.Cmd
	if m.form.isOpen() {
		closed = p.ctx.Send(page.CloseDialog{Dialog: m.form.sheet})
	}
	tell := func() tea.Msg { return page.DevicesChanged{DeviceIDs: []string{id}} }
	return tea.Batch(closed, page.Tell(r), tell)
}
