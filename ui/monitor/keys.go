package monitor

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/keys"
	"hubscope/ui/page"
)

// keyMap holds the bindings of the page: those shared by all screens, and its own.
type keyMap struct {
	*keys.Map
	figureKeys
	openKeys
	follow, start, scope, restart key.Binding
	close                         key.Binding
	group, details, way, troubled key.Binding

	filters, keep, find, next, previous key.Binding

	record key.Binding
}

func newKeyMap(shared *keys.Map) keyMap {
	bind := func(shown, desc string, pressed ...string) key.Binding {
		return key.NewBinding(key.WithKeys(pressed...), key.WithHelp(shown, desc))
	}
	return keyMap{
		Map: shared, figureKeys: newFigureKeys(),
		follow:  bind("G", "follow", shared.Bottom.Keys()...),
		start:   bind("t", "start from", "t"),
		scope:   bind("a", "this device/all", "a"),
		restart: bind("r", "reconnect", shared.Reload.Keys()...),
		group:   bind("c", "choose group and partitions", "c"),
		details: bind("i", "show the stream", "i"),
		way:     bind("w", "try WebSocket", "w"),
		// While the stream has stopped because of its consumer group: then there is nothing to move in.
		troubled: bind("g", "choose another group", "g"),
		close:    bind("esc", "close", shared.Back.Keys()...),
		filters:  bind("F", "switch filters", "F"),
		keep:     bind("ctrl+s", "keep filter with a name", "ctrl+s"),
		find:     bind("ctrl+f", "search events", "ctrl+f"),
		next:     bind("n", "next match", "n"),
		previous: bind("N", "previous match", "N"),
		record:   bind("R", "record to a file", "R"),
		openKeys: newOpenKeys(shared),
	}
}

// ShortHelp implements help.KeyMap.
func (p *Page) ShortHelp() []key.Binding {
	k := &p.keys
	switch {
	case p.filter.Focused():
		keep := k.keep
		keep.SetEnabled(p.filterError == nil && !p.applied.Empty())
		return []key.Binding{k.Confirm, k.Cancel, keep}
	case p.find.input.Focused():
		return []key.Binding{k.Confirm, k.Cancel}
	case p.figures.Focused:
		return append(p.figures.ShortHelp(), k.figures)
	case p.inspector.Opened && p.inspector.Focused:
		return append(p.matchKeys(), p.openHelp()...)
	case p.inspector.Opened:
		return append(p.matchKeys(), k.Down, k.NextPane, k.Copy, k.close)
	}
	help := []key.Binding{k.Pause}
	if p.list.mode != following {
		help = []key.Binding{k.follow}
	}
	if !p.offline.on() && (p.ended() || p.parts.worst() != nil) {
		help = append(help, p.helpers()...)
	}
	if p.list.len() > 0 {
		help = append(help, k.Open, k.Copy)
	}
	if p.finding() {
		return append(append(help, p.matchKeys()...), k.Filter, k.filters)
	}
	return append(help, k.Filter, k.filters, k.find, k.scope, k.start, k.figures)
}

// matchKeys go through what a search has found; there are none without one.
func (p *Page) matchKeys() []key.Binding {
	if !p.finding() {
		return nil
	}
	return []key.Binding{p.keys.next, p.keys.previous}
}

// helpers are the keys that may help a stream that does not go on.
func (p *Page) helpers() []key.Binding {
	k := &p.keys
	switch {
	case p.groupTrouble():
		return []key.Binding{k.troubled, k.restart, k.details}
	case p.blocked():
		way := k.way
		if p.reads.webSocket {
			way.SetHelp(way.Help().Key, "try port 5671")
		}
		return []key.Binding{way, k.restart, k.details}
	}
	return []key.Binding{k.restart, k.details}
}

// Commands implements page.Commander.
func (p *Page) Commands() []page.Command {
	send := func(msg tea.Msg) func() tea.Cmd {
		return func() tea.Cmd { return p.Act(func() tea.Msg { return msg }) }
	}
	commands := []page.Command{
		{Name: "events follow", Desc: "go to the newest event and go along", Run: send(followMsg{})},
		{Name: "events clear", Desc: "forget the events that are kept", Run: send(clearMsg{})},
		{Name: "events reconnect", Desc: "open the event stream again where it was", Run: p.resume},
	}
	commands = append(commands,
		page.Command{Name: "events from a time", Desc: "type where the stream is to start", Run: send(typeStartMsg{})},
		page.Command{Name: "events group", Desc: "choose consumer group, partitions, owner level", Run: send(askReadMsg{})},
		page.Command{Name: "events details", Desc: "show what each partition does", Run: send(detailsMsg{})},
		page.Command{Name: "events other way", Desc: "read by " + p.reads.otherWay(), Run: send(otherWayMsg{})},
	)
	commands = append(commands, p.markCommands()...)
	for _, s := range starts {
		commands = append(commands, page.Command{Name: "events from " + s.label, Desc: "start the stream there", Run: send(startMsg{s})})
	}
	commands = append(commands, page.Command{Name: "events search", Desc: "search the events that are shown", Run: send(startFindMsg{})})
	commands = append(commands, p.filterCommands()...)
	commands = append(commands, p.offlineCommands()...)
	return append(commands, p.queueCommands()...)
}

// FullHelp implements help.KeyMap. How one moves in a list is said once for all pages.
func (p *Page) FullHelp() [][]key.Binding {
	k := &p.keys
	return [][]key.Binding{
		{described(k.Pause, "hold the view, or go on"), described(k.follow, "follow the newest event"), described(k.scope, "events of this device only, or of all")},
		{described(k.Filter, "filter events as typed"), described(k.filters, "named filters, on and off"), k.keep, k.find, k.next, k.previous},
		{described(k.start, "start from another time"), k.group, described(k.details, "show what each partition does"), described(k.restart, "connect the stream again"), described(k.way, "read over WebSocket")},
		{described(k.Open, "open the event"), k.NextPane, k.parts, k.folds, k.foldsAll, k.asText, k.chart},
		{described(k.Copy, "copy value, body or event"), described(k.Export, "export events to a file"), k.record, described(k.close, "close the event")},
		{described(k.StartStop, "start or stop the event's simulated device"), described(k.StopAll, "stop all simulated devices")},
		p.figureHelp(),
	}
}

// described says in the list of all keys what a key does, at more length than there is room for in a line.
func described(b key.Binding, desc string) key.Binding {
	b.SetHelp(b.Help().Key, desc)
	return b
}
