package devices

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

func (p *Page) askDelete() tea.Cmd {
	d, ok := p.rows.byID(p.table.Key())
	if !ok {
		return nil
	}
	if denied := failure.Denied(p.ctx, page.ChangeRegistry, d.DeviceID+" not deleted"); denied != nil {
		return denied
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
		return tea.Batch(failure.Tell(m.id+" not deleted", m.err), p.poll())
	}
	p.rows.remove(m.id)
	return tea.Batch(p.changed(), p.poll(), p.tellChanged(m.id),
		page.Tell(page.Report{Severity: page.Success, Text: m.id + " deleted"}))
}
