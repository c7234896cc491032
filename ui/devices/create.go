package devices

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// askNew opens the form for a new device identity, with an id that is free.
func (p *Page) askNew() tea.Cmd {
	if p.o.Registry == nil {
		return page.Tell(page.Report{Severity: page.Warning, Text: eventsOnly})
	}
	if denied := failure.Denied(p.ctx, page.ChangeRegistry, "no device created"); denied != nil {
		return denied
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
	r := failure.Of("not created", err)
	r.Quiet = form != nil // the form itself says it
	return page.Tell(r)
}
