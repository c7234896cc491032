// Package keys holds the key bindings that mean the same on every screen. The
// help, the status line and the README's key table are made from them.
package keys

import "charm.land/bubbles/v2/key"

// Map is every binding that more than one screen uses.
type Map struct {
	// Everywhere.
	Quit, ForceQuit, Help, Palette, Journal, Back key.Binding
	TabDevices, TabSimulator, TabMonitor          key.Binding
	NextPane, PreviousPane, Events                key.Binding

	// Moving in lists.
	Up, Down, PageUp, PageDown, HalfUp, HalfDown, Top, Bottom key.Binding
	Left, Right                                               key.Binding

	// Actions.
	Open, Filter, New, NewMany, Delete, Edit, Reload, Copy, ShowKeys key.Binding
	StartStop, StopAll, Pause, MarkAll, Export, Follow               key.Binding
	Sort, SortReverse, Columns                                       key.Binding
	Faster, Slower                                                   key.Binding
	Faults, Preset, ClearAll, Troubles                               key.Binding
	Profiles, Use, EditOutside                                       key.Binding
	NextSection, PreviousSection, Zoom, CallMany                     key.Binding

	// Query asks which devices to show.
	Query key.Binding

	// In dialogs.
	Confirm, Cancel, NextField, PreviousField key.Binding
}

func bind(shown, desc string, pressed ...string) key.Binding {
	return key.NewBinding(key.WithKeys(pressed...), key.WithHelp(shown, desc))
}

// Default returns the bindings of the design.
func Default() Map {
	return Map{
		Quit:         bind("q", "quit", "q"),
		ForceQuit:    bind("ctrl+c", "quit at once", "ctrl+c"),
		Help:         bind("?", "help", "?"),
		Palette:      bind(":", "command", ":"),
		Journal:      bind("J", "journal", "J"),
		Back:         bind("esc", "back", "esc"),
		TabDevices:   bind("1", "devices", "1"),
		TabSimulator: bind("2", "simulator", "2"),
		TabMonitor:   bind("3", "monitor", "3"),
		NextPane:     bind("tab", "next pane", "tab"),
		PreviousPane: bind("shift+tab", "previous pane", "shift+tab"),
		Events:       bind("m", "events", "m"),

		Up:       bind("k/↑", "up", "up", "k"),
		Down:     bind("j/↓", "down", "down", "j"),
		PageUp:   bind("pgup", "page up", "pgup"),
		PageDown: bind("pgdn", "page down", "pgdown"),
		HalfUp:   bind("ctrl+u", "half page up", "ctrl+u"),
		HalfDown: bind("ctrl+d", "half page down", "ctrl+d"),
		Top:      bind("g", "first", "g", "home"),
		Bottom:   bind("G", "last", "G", "end"),
		Left:     bind("h/←", "left", "left", "h"),
		Right:    bind("l/→", "right", "right", "l"),

		Open:        bind("enter", "open", "enter"),
		Filter:      bind("/", "filter", "/"),
		New:         bind("n", "new", "n"),
		NewMany:     bind("N", "new, many", "N"),
		Delete:      bind("d", "delete", "d"),
		Edit:        bind("e", "edit", "e"),
		Reload:      bind("r", "reload", "r"),
		Copy:        bind("y", "copy", "y"),
		ShowKeys:    bind("K", "keys", "K"),
		StartStop:   bind("s", "start/stop", "s"),
		StopAll:     bind("S", "stop all", "S"),
		Pause:       bind("space", "pause", "space"),
		MarkAll:     bind("ctrl+a", "mark all", "ctrl+a"),
		Export:      bind("x", "export", "x"),
		Follow:      bind("f", "follow", "f"),
		Sort:        bind("o", "sort", "o"),
		SortReverse: bind("O", "reverse", "O"),
		Columns:     bind("C", "columns", "C"),
		Faster:      bind("+", "faster", "+", "="),
		Slower:      bind("-", "slower", "-"),
		Faults:      bind("!", "faults", "!"),
		Troubles:    bind("F", "device faults", "F"),
		Preset:      bind("p", "presets", "p"),
		ClearAll:    bind("D", "remove all", "D"),
		Profiles:    bind("P", "profiles", "P"),
		Use:         bind("u", "use", "u"),
		EditOutside: bind("E", "edit in $EDITOR", "E"),

		NextSection:     bind("]", "next section", "]"),
		PreviousSection: bind("[", "previous section", "["),
		Zoom:            bind("z", "zoom", "z"),
		CallMany:        bind("M", "call a method", "M"),

		Query: bind("Q", "query", "Q"),

		Confirm:       bind("enter", "confirm", "enter"),
		Cancel:        bind("esc", "cancel", "esc"),
		NextField:     bind("tab", "next", "tab", "down"),
		PreviousField: bind("shift+tab", "previous", "shift+tab", "up"),
	}
}
