package devices

import (
	"fmt"
	"maps"
	"slices"

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
	return p.askDeleteOne(d)
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
		detail = append(detail, "", widget.Names(names, roomToAsk))
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

// The room for names, in bytes: of a question, of what became of it, and of the journal.
const (
	roomToAsk  = 420
	roomToSay  = 180
	roomToKeep = 2000
)

func (p *Page) runningOf(ids []string) int {
	n := 0
	for _, id := range ids {
		if p.simulated.runs(id) {
			n++
		}
	}
	return n
}
