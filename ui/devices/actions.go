package devices

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/selfsigned"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

type (
	startedMsg struct {
		id  string
		err error
	}
	takeOverMsg struct{ device hub.Device }
	stoppedMsg  struct {
		id  string // "": all of them
		n   int
		err error
	}
)

// act runs an action of its own life: a reload does not cancel it.
func (p *Page) act(do func(ctx context.Context) tea.Msg) tea.Cmd { return p.actIn(p.Base(), do) }

func (p *Page) actIn(base context.Context, do func(ctx context.Context) tea.Msg) tea.Cmd {
	return p.Act(func() tea.Msg {
		ctx, cancel := context.WithTimeout(base, callLimit)
		defer cancel()
		return do(ctx)
	})
}

// startStop starts or stops the simulated device of the row under the cursor.
func (p *Page) startStop() tea.Cmd { return p.toggle(p.table.Key()) }

func (p *Page) toggle(id string) tea.Cmd {
	if id == "" || p.o.Registry == nil {
		return nil
	}
	p.snapshot()
	if p.simulated.runs(id) {
		return p.stop(id)
	}
	if denied := failure.Denied(p.ctx, page.Simulate, id+" not started"); denied != nil {
		return denied
	}
	_, ours := p.simulated.fleet.One(id)
	ours = ours || p.ours[id]
	p.simulated.starting[id] = true
	p.updateKeys()
	return p.start(id, !ours)
}

// eventsOnly is what an Event Hubs-compatible connection string means here.
const eventsOnly = "This connection string reads events only."

// errDisabled and errNoKey are why an identity cannot be simulated.
var (
	errDisabled = errors.New("the device identity is disabled: a hub refuses it")
	errNoKey    = errors.New("the device identity has no symmetric key and no certificate, so nothing can be its simulated device")
)

// start reads the device's key and connects with it. A device that somebody else
// uses is asked about first: a hub keeps one connection an identity.
func (p *Page) start(id string, ask bool) tea.Cmd {
	registry, fleet, service := p.o.Registry, p.o.Fleet, p.o.Service
	made, usual := p.certificates[id], selfsigned.FilesOf(p.o.Certificates, id)
	now := p.ctx.Time
	return p.act(func(ctx context.Context) tea.Msg {
		d, err := registry.Device(ctx, id)
		switch {
		case err != nil:
			return startedMsg{id, err}
		case d.Status == hub.Disabled:
			return startedMsg{id, errDisabled}
		case ask && d.InUse(now()):
			return takeOverMsg{d}
		case needsCertificate(d):
			if own := ownCertificate(d, made, usual); own != nil {
				return startedMsg{id, startAs(fleet, service, d, own)}
			}
			return certificateMsg{d}
		case d.Auth.Primary.IsZero():
			return startedMsg{id, errNoKey}
		}
		return startedMsg{id, fleet.Start(service.ForDevice(id, d.Auth.Primary))}
	})
}

// onTakeOver asks before a real device is thrown off.
func (p *Page) onTakeOver(m takeOverMsg) tea.Cmd {
	id := m.device.DeviceID
	delete(p.simulated.starting, id)
	p.snapshot()
	title, what := "Device is connected", " is connected, and not by this program."
	if !m.device.Connected() {
		title = "Device was active"
		what = " was active " + widget.Ago(p.ctx.Time(), m.device.LastActivity) + ", and not by this program. It may be connected: the service learns of it late."
	}
	box := widget.NewConfirm(p.ctx.Styles, title,
		safe.Line(id, 128)+what+" Start the simulated device anyway?", "start",
		p.start(id, false), "A hub keeps one connection a device: the other one would be thrown off.")
	return p.ctx.Send(page.OpenDialog{Dialog: box})
}

func (p *Page) onStarted(m startedMsg) tea.Cmd {
	delete(p.simulated.starting, m.id)
	p.snapshot()
	closed := p.onCertificate(m)
	if m.err != nil {
		return tea.Batch(failure.Tell(m.id+" not started", m.err), p.moved())
	}
	p.ours[m.id] = true
	return tea.Batch(closed, p.moved(), p.tellChanged(m.id), p.soon(),
		page.Tell(page.Report{Severity: page.Success, Text: m.id + " started"}))
}

// soon polls before the usual time: something has just changed.
func (p *Page) soon() tea.Cmd {
	p.load.polled = p.ctx.Time().Add(tickEvery / 2).Add(-p.pollEvery())
	return nil
}

func (p *Page) stop(id string) tea.Cmd {
	fleet := p.o.Fleet
	return p.act(func(ctx context.Context) tea.Msg {
		return stoppedMsg{id: id, n: 1, err: fleet.Stop(ctx, id)}
	})
}

func (p *Page) stopAll() tea.Cmd {
	fleet, n := p.o.Fleet, p.running()
	return p.act(func(ctx context.Context) tea.Msg {
		return stoppedMsg{n: n, err: fleet.StopAll(ctx)}
	})
}

func (p *Page) onStopped(m stoppedMsg) tea.Cmd {
	p.snapshot()
	what := m.id
	if what == "" {
		what = widget.Plural(m.n, "simulated device")
	}
	if m.err != nil {
		return tea.Batch(failure.Tell(what+" not stopped cleanly", m.err), p.moved())
	}
	return tea.Batch(p.moved(), p.tellChanged(m.id), p.soon(),
		page.Tell(page.Report{Severity: page.Success, Text: what + " stopped"}))
}

func (p *Page) tellChanged(id string) tea.Cmd {
	return func() tea.Msg { return page.DevicesChanged{DeviceIDs: []string{id}} }
}

// stale is how long the rows may go unread before their age is shown.
func (p *Page) stale() time.Duration { return max(10*time.Second, 3*p.pollEvery()) }
