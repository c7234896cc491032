package devices

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

type (
	createdMsg struct {
		device hub.Device
		err    error
	}
	deletedMsg struct {
		id  string
		err error
	}
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

// report is a failure in words, with what the service said kept for the journal.
func report(what string, err error) tea.Cmd { return page.Tell(failure(what, err)) }

func failure(what string, err error) page.Report {
	sentence, next := hub.Explain(err)
	r := page.Failed(what, sentence, next)
	r.Detail = err.Error()
	var refused *hub.Error
	if errors.As(err, &refused) {
		r.TrackingID = refused.TrackingID
	}
	return r
}

// act runs an action of its own life: a reload does not cancel it.
func (p *Page) act(do func(ctx context.Context) tea.Msg) tea.Cmd {
	base := p.Base()
	return p.Act(func() tea.Msg {
		ctx, cancel := context.WithTimeout(base, callLimit)
		defer cancel()
		return do(ctx)
	})
}

// askNew opens the form for a new device identity, with an id that is free.
func (p *Page) askNew() tea.Cmd {
	if p.o.Registry == nil {
		return page.Tell(page.Report{Severity: page.Warning, Text: eventsOnly})
	}
	p.form = widget.NewForm(p.ctx.Styles, p.ctx.Keys, "New device", "create", p.create, widget.Field{
		Label: "Device id",
		Value: p.proposeID(),
		Hint:  "Up to 128 letters, digits and - . _ : and the like; case matters.",
		Check: p.checkID,
	})
	form := p.form
	return p.ctx.Send(page.OpenDialog{Dialog: form})
}

// proposeID counts on from what is there.
func (p *Page) proposeID() string {
	for n := 1; ; n++ {
		id := fmt.Sprintf("device-%d", n)
		if _, taken := p.rows.byID(id); !taken {
			return id
		}
	}
}

func (p *Page) checkID(id string) error {
	if err := connstr.CheckDeviceID(id); err != nil {
		return err
	}
	if _, taken := p.rows.byID(id); taken {
		return fmt.Errorf("a device with this id exists already: choose another")
	}
	return nil
}

func (p *Page) create(values []string) tea.Cmd {
	id := values[0]
	p.form.Busy("creating " + id)
	registry := p.o.Registry
	return p.act(func(ctx context.Context) tea.Msg {
		d, err := registry.CreateDevice(ctx, hub.Device{DeviceID: id})
		return createdMsg{d, err}
	})
}

func (p *Page) onCreated(m createdMsg) tea.Cmd {
	form := p.form
	if m.err != nil {
		return p.notCreated(form, m.err)
	}
	p.form = nil
	id := m.device.DeviceID
	p.wanted = id
	p.filter.Clear()
	p.rows.filter = ""
	p.rows.put(m.device)
	return tea.Batch(p.changed(), p.poll(),
		p.ctx.Send(page.CloseDialog{Dialog: form}),
		page.Tell(page.Report{Severity: page.Success, Text: id + " created", Next: "s starts its simulated device"}))
}

// notCreated leaves the form with what was typed, and the reason in it.
func (p *Page) notCreated(form *widget.Form, err error) tea.Cmd {
	sentence, next := hub.Explain(err)
	if errors.Is(err, hub.ErrConflict) {
		sentence, next = "a device with this id exists already", "choose another id"
	}
	if form != nil {
		form.Fail(safe.Inline(sentence), safe.Inline(next))
	}
	r := failure("not created", err)
	r.Quiet = form != nil // the form itself says it
	return page.Tell(r)
}

func (p *Page) askDelete() tea.Cmd {
	d, ok := p.rows.byID(p.table.Key())
	if !ok {
		return nil
	}
	name := safe.Line(d.DeviceID, 128)
	detail := []string{"Its keys, twin and queued messages are lost. There is no way back."}
	if p.simulated.runs(d.DeviceID) {
		detail = append(detail, "Its simulated device is stopped first.")
	}
	box := widget.NewConfirm(p.ctx.Styles, "Delete device", "Delete the device identity "+name+"?", "delete", p.remove(d), detail...)
	return p.ctx.Send(page.OpenDialog{Dialog: box})
}

func (p *Page) remove(d hub.Device) tea.Cmd {
	registry, fleet := p.o.Registry, p.o.Fleet
	runs := p.simulated.runs(d.DeviceID)
	return p.act(func(ctx context.Context) tea.Msg {
		if runs {
			if err := fleet.Stop(ctx, d.DeviceID); err != nil {
				return deletedMsg{d.DeviceID, fmt.Errorf("stop its simulated device: %w", err)}
			}
		}
		return deletedMsg{d.DeviceID, registry.DeleteDevice(ctx, d.DeviceID, "")}
	})
}

func (p *Page) onDeleted(m deletedMsg) tea.Cmd {
	if m.err != nil && !errors.Is(m.err, hub.ErrNotFound) {
		return tea.Batch(report(m.id+" not deleted", m.err), p.poll())
	}
	p.rows.remove(m.id)
	return tea.Batch(p.changed(), p.poll(), p.tellChanged(m.id),
		page.Tell(page.Report{Severity: page.Success, Text: m.id + " deleted"}))
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
	d, _ := p.rows.byID(id)
	p.simulated.starting[id] = true
	p.updateKeys()
	return p.start(id, d.Connected() && !p.ours[id])
}

// eventsOnly is what an Event Hubs-compatible connection string means here.
const eventsOnly = "This connection string reads events only."

// errDisabled and errNoKey are why an identity cannot be simulated.
var (
	errDisabled = errors.New("the device identity is disabled: a hub refuses it")
	errNoKey    = errors.New("the device identity has no symmetric key and no certificate, so nothing can be its simulated device")
)

// start reads the device's key and connects with it. A device that somebody else
// has connected is asked about first: a hub keeps one connection an identity.
func (p *Page) start(id string, ask bool) tea.Cmd {
	registry, fleet, service := p.o.Registry, p.o.Fleet, p.o.Service
	return p.act(func(ctx context.Context) tea.Msg {
		d, err := registry.Device(ctx, id)
		switch {
		case err != nil:
			return startedMsg{id, err}
		case d.Status == hub.Disabled:
			return startedMsg{id, errDisabled}
		case ask && d.Connected():
			return takeOverMsg{d}
		case needsCertificate(d):
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
	box := widget.NewConfirm(p.ctx.Styles, "Device is connected",
		safe.Line(id, 128)+" is connected, and not by this program. Start the simulated device anyway?", "start",
		p.start(id, false), "A hub keeps one connection a device: the other one would be thrown off.")
	return p.ctx.Send(page.OpenDialog{Dialog: box})
}

func (p *Page) onStarted(m startedMsg) tea.Cmd {
	delete(p.simulated.starting, m.id)
	p.snapshot()
	closed := p.onCertificate(m)
	if m.err != nil {
		return tea.Batch(report(m.id+" not started", m.err), p.moved())
	}
	p.ours[m.id] = true
	return tea.Batch(closed, p.moved(), p.tellChanged(m.id), p.soon(),
		page.Tell(page.Report{Severity: page.Success, Text: m.id + " started"}))
}

// soon polls before the usual time: something has just changed.
func (p *Page) soon() tea.Cmd {
	p.load.polled = p.ctx.Time().Add(tickEvery / 2).Add(-p.o.Poll)
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
		return tea.Batch(report(what+" not stopped cleanly", m.err), p.moved())
	}
	return tea.Batch(p.moved(), p.tellChanged(m.id), p.soon(),
		page.Tell(page.Report{Severity: page.Success, Text: what + " stopped"}))
}

func (p *Page) tellChanged(id string) tea.Cmd {
	return func() tea.Msg { return page.DevicesChanged{DeviceIDs: []string{id}} }
}

// typeFilter filters with each key, and still moves the cursor.
func (p *Page) typeFilter(msg tea.KeyPressMsg) tea.Cmd {
	switch msg.Code {
	case tea.KeyEnter:
		p.filter.Blur()
		return p.moved()
	case tea.KeyEscape:
		return p.clearFilter()
	case tea.KeyUp, tea.KeyDown, tea.KeyPgUp, tea.KeyPgDown:
		p.table.Update(msg, p.ctx.Keys)
		return p.moved()
	}
	cmd := p.filter.Update(msg)
	return tea.Batch(cmd, p.applyFilter())
}

func (p *Page) applyFilter() tea.Cmd {
	p.rows.filter = p.filter.Value()
	p.rows.arrange()
	p.table.Sync()
	return p.moved()
}

func (p *Page) clearFilter() tea.Cmd {
	p.filter.Clear()
	p.filter.Blur()
	return p.applyFilter()
}

func (p *Page) onPaste(msg tea.PasteMsg) tea.Cmd {
	if !p.filter.Focused() {
		return nil
	}
	return tea.Batch(p.filter.Update(msg), p.applyFilter())
}

func (p *Page) sortBy(column int, descending bool) {
	p.rows.column, p.rows.descending = column, descending
	p.table.Sorted, p.table.Descending = column, descending
	p.rows.arrange()
	p.table.Sync()
}

// stale is how long the rows may go unread before their age is shown.
func (p *Page) stale() time.Duration { return max(10*time.Second, 3*p.o.Poll) }
