package identity

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/secret"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// change is something that is to become of an identity.
type change struct {
	before, after hub.Device // after has the ETag of what was seen
	doing         string     // "disabling wind-1"
	done, not     string     // "wind-1 disabled", "wind-1 not disabled"
	next          string     // after it is done
	sheet         *widget.Sheet
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
}

// apply changes an identity, if nobody else has since it was read. A simulated device
// of it gets a new key before the hub ends its connection, and the old one again when
// the hub did not take it.
func (p *Page) apply(c change) tea.Cmd {
	p.doing, p.failed, p.failedNext = c.doing, "", ""
	store, base, rekey := p.o.Store, p.Base(), p.rekeyer(c)
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
		m.regives = rekey != nil && m.err == nil && m.simKey == nil
		return m
	})
}

// lookAgain reads what the identity is after a call that failed: somebody else may have
// changed it, or only the answer was lost.
func (m *changedMsg) lookAgain(base context.Context, store Store) {
	ctx, cancel := context.WithTimeout(base, callLimit)
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
	if p.doing == m.doing {
		p.doing = ""
	}
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
	case m.regives:
		r.Text += ", its simulated device has the new key"
	case m.hasSim:
		r.Severity, r.Next = page.Warning, "start its simulated device anew: it did not get the new key"
	}
	var closed tea.Cmd
	if m.sheet != nil {
		closed = p.ctx.Send(page.CloseDialog{Dialog: m.sheet})
	}
	tell := func() tea.Msg { return page.DevicesChanged{DeviceIDs: []string{id}} }
	return tea.Batch(closed, page.Tell(r), tell)
}

// onNotChanged says why where it was asked: in the form, or else above the identity.
func (p *Page) onNotChanged(m changedMsg) tea.Cmd {
	failure.Learn(p.ctx, page.ChangeRegistry, m.err, "create, change or delete identities")
	r := failure.Of(m.not, m.err)
	sentence, next := failure.Words(m.err)
	if errors.Is(m.err, hub.ErrPrecondition) && m.known {
		sentence = "somebody else has changed it meanwhile: " + safe.Inline(difference(m.before, m.now))
		next = "this is what it is now; try again if it still holds"
		r.Text, r.Next = m.not+": "+sentence, next
	}
	if m.sheet != nil {
		p.editing = m.now
		if !m.known {
			p.editing = m.before
		}
		m.sheet.Fail(sentence, next)
		r.Quiet = true
		return page.Tell(r)
	}
	if m.after.DeviceID == p.device.DeviceID {
		p.failed, p.failedNext = safe.Inline(m.not)+": "+sentence, next
		p.top = 0
	}
	return page.Tell(r)
}
