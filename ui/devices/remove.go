package devices

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// typedFrom is how many devices ask for their number to be typed before they are deleted.
const typedFrom = 10

const deleteWarning = "Keys, twins, modules and queued messages are lost. There is no way back."

// askDelete asks whether the marked devices are to be deleted, or the one under the cursor.
func (p *Page) askDelete() tea.Cmd {
	if denied := failure.Denied(p.ctx, page.ChangeRegistry, "nothing deleted"); denied != nil {
		return denied
	}
	switch {
	case p.removal != nil:
		return p.ctx.Send(page.OpenDialog{Dialog: p.removal})
	case len(p.rows.marks) > 0:
		return p.askDeleteMany(slices.Sorted(maps.Keys(p.rows.marks)))
	}
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

// askDeleteMany names them. From ten up a single key is not enough.
func (p *Page) askDeleteMany(ids []string) tea.Cmd {
	seen := p.seen(ids)
	begin := p.Act(func() tea.Msg { return removeMsg{seen} })
	count := widget.Plural(len(ids), "device")
	question := "Delete " + count + "?"
	detail := []string{deleteWarning}
	if n := p.runningOf(ids); n > 0 {
		detail = append(detail, widget.Plural(n, "simulated device")+" of them will be stopped first.")
	}
	var box page.Dialog
	if len(ids) < typedFrom {
		for _, id := range ids {
			detail = append(detail, "• "+safe.Line(id, 50))
		}
		box = widget.NewConfirm(p.ctx.Styles, "Delete devices", question, "delete", begin, detail...)
	} else {
		names := make([]string, len(ids))
		for i, id := range ids {
			names[i] = safe.Inline(id)
		}
		detail = append(detail, "", nameThem(names))
		box = widget.NewTyped(p.ctx.Styles, p.ctx.Keys, "Delete devices", question, fmt.Sprint(len(ids)), "delete", begin, detail...)
	}
	return p.ctx.Send(page.OpenDialog{Dialog: box})
}

// seen are the devices with the ETags of what the list shows of them, as far as it has any.
func (p *Page) seen(ids []string) []hub.Device {
	out := make([]hub.Device, len(ids))
	for i, id := range ids {
		d, _ := p.rows.byID(id)
		out[i] = hub.Device{DeviceID: id, ETag: d.ETag}
	}
	return out
}

// nameThem names as many as can be read in a box.
func nameThem(names []string) string {
	const room = 420
	shown, length := 0, 0
	for shown < len(names) && length+len(names[shown])+2 <= room {
		length += len(names[shown]) + 2
		shown++
	}
	text := strings.Join(names[:shown], ", ")
	if rest := len(names) - shown; rest > 0 {
		text += " and " + widget.Count(rest) + " more"
	}
	return text
}

func (p *Page) runningOf(ids []string) int {
	n := 0
	for _, id := range ids {
		if p.simulated.runs(id) {
			n++
		}
	}
	return n
}

// remove deletes one, unless it was changed since it was read.
func (p *Page) remove(d hub.Device) tea.Cmd {
	registry, fleet := p.o.Registry, p.o.Fleet
	runs := p.simulated.runs(d.DeviceID)
	return p.act(func(ctx context.Context) tea.Msg {
		if runs {
			if err := fleet.Stop(ctx, d.DeviceID); err != nil {
				return deletedMsg{d.DeviceID, fmt.Errorf("stop its simulated device: %w", err)}
			}
		}
		return deletedMsg{d.DeviceID, registry.DeleteDevice(ctx, d.DeviceID, d.ETag)}
	})
}

func (p *Page) onDeleted(m deletedMsg) tea.Cmd {
	gone := errors.Is(m.err, hub.ErrNotFound)
	if m.err != nil && !gone {
		failure.Learn(p.ctx, page.ChangeRegistry, m.err, "create, change or delete identities")
		r := failure.Of(m.id+" not deleted", m.err)
		if errors.Is(m.err, hub.ErrPrecondition) {
			r.Next = "look at it, then d deletes it as it is now"
		}
		return tea.Batch(page.Tell(r), p.poll())
	}
	p.rows.remove(m.id)
	p.queries.removed(m.id)
	text := m.id + " deleted"
	if gone {
		text = m.id + " had been deleted already"
	}
	return tea.Batch(p.changed(), p.poll(), p.tellChanged(m.id), page.Tell(page.Report{Severity: page.Success, Text: text}))
}
