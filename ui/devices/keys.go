package devices

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/failure"
	"hubscope/ui/keys"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

type keyMap struct {
	all *keys.Map

	newDevice, open, startStop, stopAll, showKeys, copy   key.Binding
	remove, filter, follow, reload, sort, sortReverse     key.Binding
	back, mark, zoom, section, callMany, newMany, columns key.Binding
	query, markAll                                        key.Binding
}

func newKeyMap(k *keys.Map) keyMap {
	return keyMap{
		all:       k,
		newDevice: k.New, open: k.Open, startStop: k.StartStop, stopAll: k.StopAll,
		showKeys: k.ShowKeys, copy: k.Copy, remove: k.Delete, filter: k.Filter, follow: k.Follow,
		reload: k.Reload, sort: k.Sort, sortReverse: k.SortReverse, back: k.Back,
		mark: k.Pause, zoom: k.Zoom, section: sections(k), callMany: k.CallMany, newMany: k.NewMany,
		columns: k.Columns, query: k.Query, markAll: k.MarkAll,
	}
}

// sections is one binding of both ways through the sections of the detail pane.
func sections(k *keys.Map) key.Binding {
	return key.NewBinding(key.WithKeys(append(k.NextSection.Keys(), k.PreviousSection.Keys()...)...), key.WithHelp("[ ]", "sections"))
}

// updateKeys switches off what cannot work right now.
func (p *Page) updateKeys() {
	k := &p.keys
	hasRow := p.table.Key() != "" && !p.lost()
	for _, b := range []*key.Binding{&k.open, &k.startStop, &k.showKeys, &k.copy, &k.remove, &k.follow, &k.mark, &k.zoom, &k.section} {
		b.SetEnabled(hasRow)
	}
	k.open.SetEnabled(hasRow && p.pane == listPane)
	k.filter.SetEnabled(p.rows.loaded() > 0 && p.pane == listPane)
	k.columns.SetEnabled(p.o.Registry != nil && p.pane == listPane)
	k.sort.SetEnabled(p.rows.Len() > 1 && p.pane == listPane)
	k.sortReverse.SetEnabled(k.sort.Enabled())
	k.newDevice.SetEnabled(p.o.Registry != nil && p.ctx.May(page.ChangeRegistry))
	k.newMany.SetEnabled(k.newDevice.Enabled())
	k.remove.SetEnabled(hasRow && p.ctx.May(page.ChangeRegistry))
	k.startStop.SetEnabled(hasRow && (p.ctx.May(page.Simulate) || p.simulated.runs(p.table.Key())))
	k.reload.SetEnabled(p.o.Registry != nil)
	k.query.SetEnabled(p.o.Registry != nil && p.ctx.May(page.ReadTwins))
	k.stopAll.SetEnabled(p.running() > 0)
	k.back.SetEnabled(p.pane == detailPane || p.filter.Value() != "" || len(p.rows.marks) > 0 || p.load.all || p.queries.asked != "")
	k.back.SetHelp("esc", "back")
	if p.pane == listPane && p.queries.asked != "" {
		k.back.SetHelp("esc", "all devices")
	}
	k.mark.SetHelp("space", "mark")
	k.markAll.SetEnabled(hasRow && p.pane == listPane)
	k.callMany.SetEnabled(len(p.rows.marks) > 0 && p.ctx.May(page.Invoke))
	k.callMany.SetHelp("M", "call a method on "+widget.Count(len(p.rows.marks)))
	startStop := "start"
	if p.simulated.runs(p.table.Key()) {
		startStop = "stop"
	}
	if n := len(p.rows.marks); n > 0 {
		startStop = "start " + widget.Count(n)
	}
	k.startStop.SetHelp("s", startStop)
	k.remove.SetHelp("d", "delete")
	if n := len(p.rows.marks); n > 0 {
		k.remove.SetHelp("d", "delete "+widget.Count(n))
	}
}

// denied says why a key does nothing that would do something under another policy.
func (p *Page) denied(msg tea.KeyPressMsg) tea.Cmd {
	k := p.ctx.Keys
	switch {
	case key.Matches(msg, k.New, k.NewMany, k.Delete):
		return failure.Denied(p.ctx, page.ChangeRegistry, "nothing is created or deleted")
	case key.Matches(msg, k.Query):
		return failure.Denied(p.ctx, page.ReadTwins, "no query asked")
	case key.Matches(msg, k.CallMany):
		return failure.Denied(p.ctx, page.Invoke, "no method is called")
	case key.Matches(msg, k.StartStop) && !p.simulated.runs(p.table.Key()):
		return failure.Denied(p.ctx, page.Simulate, "no simulated device is started")
	}
	return nil
}

// ShortHelp implements help.KeyMap.
func (p *Page) ShortHelp() []key.Binding {
	k := &p.keys
	if p.queries.bar.Opened() {
		return p.queries.bar.ShortHelp()
	}
	if p.filter.Focused() {
		return []key.Binding{filterDone, filterClear}
	}
	list := []key.Binding{k.newDevice, k.startStop, k.open, k.showKeys, k.copy, k.remove, k.filter, k.query, k.mark, p.offeredMarkAll(), k.callMany, k.follow, k.reload, k.sort, k.columns, k.newMany, k.stopAll}
	if p.pane == detailPane {
		if p.o.Detail.CapturesText() {
			return p.o.Detail.ShortHelp()
		}
		return append(withBack(k.back, p.o.Detail.ShortHelp()), k.zoom, k.startStop, k.follow, k.stopAll)
	}
	if p.queries.asked != "" {
		return append([]key.Binding{k.back}, list...)
	}
	return list
}

// withBack puts the way back before what a section offers, unless the section has a meaning of its own for that key,
// such as to cancel a call that waits: two meanings of one key side by side help nobody.
func withBack(back key.Binding, section []key.Binding) []key.Binding {
	for _, b := range section {
		if b.Enabled() && slices.ContainsFunc(b.Keys(), func(k string) bool { return slices.Contains(back.Keys(), k) }) {
			return slices.Clone(section)
		}
	}
	return append([]key.Binding{back}, section...)
}

// FullHelp implements help.KeyMap.
func (p *Page) FullHelp() [][]key.Binding {
	k, a := &p.keys, p.keys.all
	startStop := k.startStop
	startStop.SetHelp("s", "start or stop the simulated device")
	return [][]key.Binding{
		{
			describe(a.New, "create a device identity"), describe(a.NewMany, "create many: by a pattern, or from a file"), describe(startStop, "start or stop its simulated device, or start the marked ones"),
			describe(a.StopAll, "stop all simulated devices"), describe(a.Open, "open the device"),
			describe(a.ShowKeys, "show or hide its keys"), describe(a.Copy, "copy id, key or connection string"),
			describe(a.Delete, "delete the device identity"), describe(a.Pause, "mark the device"), describe(a.MarkAll, "mark all that are shown, or none"), describe(a.CallMany, "call a direct method on the marked devices"),
		},
		{
			describe(a.Filter, "search by id: letters in their order"), describe(a.Query, "ask with IoT Hub SQL which devices to show"), describe(a.Follow, "events of this device only, or of all"),
			describe(a.Sort, "sort by the next column"), describe(a.SortReverse, "reverse the order"),
			describe(a.Columns, "choose the columns"),
			describe(a.Reload, "read the list again"),
			describe(k.section, "the sections of the device: identity, twin, methods"), describe(a.Zoom, "give the device all the room"),
		},
	}
}

func describe(b key.Binding, desc string) key.Binding {
	b.SetHelp(b.Help().Key, desc)
	b.SetEnabled(true)
	return b
}

var (
	filterDone  = key.NewBinding(key.WithKeys("enter"), key.WithHelp("enter", "keep filter"))
	filterClear = key.NewBinding(key.WithKeys("esc"), key.WithHelp("esc", "clear filter"))
)
