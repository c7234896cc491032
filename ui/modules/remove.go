package modules

import (
	"context"
	"errors"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

type deletedMsg struct {
	module hub.Module
	now    hub.Module // what it is now, when that is why it was not deleted
	err    error
}

// typedFrom is how many modules ask for their number to be typed before they are deleted.
const typedFrom = 10

// askDelete asks whether the marked modules are to be deleted, or the one under the cursor.
func (p *List) askDelete() tea.Cmd {
	if denied := failure.Denied(p.ctx, page.ChangeRegistry, "not deleted"); denied != nil {
		return denied
	}
	if list := p.marked(); len(list) > 0 {
		return p.askDeleteMany(list)
	}
	m, ok := p.selected()
	if !ok {
		return nil
	}
	if systemModule(m.ModuleID) {
		return ofEdge(m.ModuleID + " not deleted")
	}
	store := p.o.Store
	remove := p.act(func(ctx context.Context) tea.Msg { // what was seen: not what somebody else has changed since
		done := deletedMsg{module: m, err: store.DeleteModule(ctx, m.DeviceID, m.ModuleID, m.ETag)}
		if errors.Is(done.err, hub.ErrPrecondition) {
			done.now, _ = store.Module(ctx, m.DeviceID, m.ModuleID)
		}
		return done
	})
	box := widget.NewConfirm(p.ctx.Styles, "Delete module",
		"Delete the module "+safe.Line(m.ModuleID, 128)+" of "+safe.Line(m.DeviceID, 128)+"?", "delete", remove,
		"Its keys and its twin are lost. There is no way back.")
	return p.ctx.Send(page.OpenDialog{Dialog: box})
}

// askDeleteMany names them. From ten up a single key is not enough.
func (p *List) askDeleteMany(list []hub.Module) tea.Cmd {
	begin := p.Act(func() tea.Msg { return removeMsg{list} })
	question := "Delete " + widget.Plural(len(list), "module") + " of " + safe.Line(p.device.DeviceID, 128) + "?"
	detail := []string{"Their keys and twins are lost. There is no way back."}
	names := idsOf(list)
	if len(list) >= typedFrom {
		detail = append(detail, "", widget.Names(names, 420))
		return p.ctx.Send(page.OpenDialog{Dialog: widget.NewTyped(p.ctx.Styles, p.ctx.Keys, "Delete modules", question, strconv.Itoa(len(list)), "delete", begin, detail...)})
	}
	for _, name := range names {
		detail = append(detail, "• "+safe.Line(name, 50))
	}
	return p.ctx.Send(page.OpenDialog{Dialog: widget.NewConfirm(p.ctx.Styles, "Delete modules", question, "delete", begin, detail...)})
}

// idsOf are the harmless names of modules.
func idsOf(list []hub.Module) []string {
	out := make([]string, len(list))
	for i, m := range list {
		out[i] = safe.Inline(m.ModuleID)
	}
	return out
}

// systemModule tells the modules that IoT Edge brings with it: the hub lets nobody change
// them (401100 SystemModuleModifyUnauthorizedAccess).
func systemModule(id string) bool { return id == "$edgeAgent" || id == "$edgeHub" }

// ofEdge says why something is not done to a system module.
func ofEdge(not string) tea.Cmd {
	return page.Tell(page.Report{
		Severity: page.Warning, Text: not + ": it is a system module of IoT Edge",
		Next: "it goes with its device, or when the device is an Edge device no more",
	})
}

func (p *List) onDeleted(m deletedMsg) tea.Cmd {
	if m.err != nil && !errors.Is(m.err, hub.ErrNotFound) {
		failure.Learn(p.ctx, page.ChangeRegistry, m.err, "create, change or delete identities")
		r := failure.Of("module "+m.module.ModuleID+" not deleted", m.err)
		if errors.Is(m.err, hub.ErrPrecondition) {
			p.rows.replace(m.now)
			r.Text, r.Next = "module "+m.module.ModuleID+" not deleted: it was changed meanwhile", "d deletes it as it is now"
		}
		return tea.Batch(page.Tell(r), p.again(m.module.DeviceID))
	}
	return tea.Batch(p.again(m.module.DeviceID),
		page.Tell(page.Report{Severity: page.Success, Text: "module " + m.module.ModuleID + " of " + m.module.DeviceID + " deleted"}))
}
