package identity

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
)

type (
	settledMsg struct{ serial int }
	readMsg    struct {
		serial int
		device hub.Device
		err    error
	}
	twinMsg struct {
		serial int
		twin   hub.Twin
		err    error
	}
)

// Show shows a device: at once what d says, soon the rest. The same device again
// only brings it up to date.
func (p *Page) Show(d hub.Device, _ string) tea.Cmd {
	if d.DeviceID == p.device.DeviceID {
		return p.refresh(d)
	}
	p.Forget()
	p.device, p.row = d, d
	serial := p.serial
	return p.Ask(tea.Tick(settle, func(time.Time) tea.Msg { return settledMsg{serial} }))
}

// Forget takes the device away.
func (p *Page) Forget() {
	p.Renew()
	p.serial++
	p.device, p.row, p.whole, p.busy, p.err, p.then = hub.Device{}, hub.Device{}, false, false, nil, nil
	p.at, p.tried = time.Time{}, time.Time{}
	p.twin, p.twinOK, p.twinNo = hub.Twin{}, false, nil
	p.top, p.failed = 0, nil
	p.hide()
}

// refresh reads the identity anew when the list says that it was changed, or when it is old.
// What the list says lags behind the identity itself, so that it is not shown in its place.
func (p *Page) refresh(d hub.Device) tea.Cmd {
	old := p.row
	p.row = d
	if !p.whole {
		p.device = d
	}
	if d.LastActivity.After(p.device.LastActivity) {
		p.device.LastActivity = d.LastActivity
	}
	switch {
	case p.tried.IsZero() || p.busy: // the first read is under way
		return nil
	case differs(old, d), p.ctx.Time().Sub(p.tried) >= p.o.Refresh:
		return p.read()
	}
	return nil
}

func differs(a, b hub.Device) bool {
	return a.ETag != b.ETag || a.ConnectionState != b.ConnectionState || a.C2DCount != b.C2DCount || a.Status != b.Status || a.TwinVersion != b.TwinVersion
}

func (p *Page) onSettled(m settledMsg) tea.Cmd {
	if m.serial != p.serial || p.busy || p.whole {
		return nil
	}
	return p.read()
}

// read asks for the identity and, when it is unknown or old, for its twin.
func (p *Page) read() tea.Cmd {
	p.busy = true
	store, ctx, id, serial := p.o.Store, p.Context(), p.device.DeviceID, p.serial
	return tea.Batch(p.readTwin(), p.Ask(func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		d, err := store.Device(ctx, id)
		return readMsg{serial, d, err}
	}))
}

func (p *Page) readTwin() tea.Cmd {
	known := p.twinOK && p.twin.Version >= p.row.TwinVersion
	if known || !p.ctx.May(page.ReadTwins) {
		return nil
	}
	store, ctx, id, serial := p.o.Store, p.Context(), p.device.DeviceID, p.serial
	return p.Ask(func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		t, err := store.ModuleTwin(ctx, id, "")
		return twinMsg{serial, t, err}
	})
}

func (p *Page) onRead(m readMsg) tea.Cmd {
	if m.serial != p.serial {
		return nil
	}
	then, first := p.then, p.err == nil
	p.busy, p.tried, p.err, p.then = false, p.ctx.Time(), m.err, nil
	if m.err == nil {
		p.take(m.device)
		if then != nil {
			return then()
		}
		return nil
	}
	failure.Learn(p.ctx, page.ReadRegistry, m.err, "read identities and their keys")
	what := "the identity of " + p.device.DeviceID + " could not be read"
	switch {
	case then != nil: // somebody waits for it
		return failure.Tell(what, m.err)
	case first:
		return failure.Note(what, m.err)
	}
	return nil
}

// take shows an identity as the registry has it.
func (p *Page) take(d hub.Device) {
	last := p.device.LastActivity
	p.device, p.whole, p.err, p.at = d, true, nil, p.ctx.Time()
	if last.After(d.LastActivity) {
		p.device.LastActivity = last
	}
	p.scroll(0)
}

func (p *Page) onTwin(m twinMsg) {
	if m.serial != p.serial {
		return
	}
	p.twinNo = m.err
	if m.err == nil {
		p.twin, p.twinOK = m.twin, true
		return
	}
	failure.Learn(p.ctx, page.ReadTwins, m.err, "read twins or ask queries")
}

// withKeys does something that needs the keys, once they are here.
func (p *Page) withKeys(do func() tea.Cmd) tea.Cmd {
	if p.whole {
		return do()
	}
	p.then = do
	if p.busy {
		return nil
	}
	return p.read()
}
