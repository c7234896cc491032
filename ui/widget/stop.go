package widget

import "charm.land/bubbles/v2/key"

// StopHelp says what esc does over work of several calls: it stops that after those that are on their way, does not wait
// for them when it is pressed again, and closes what is left to read when all has ended.
func StopHelp(esc key.Binding, stopping, ended bool) key.Binding {
	switch {
	case ended:
		esc.SetHelp("esc", "close")
	case stopping:
		esc.SetHelp("esc", "do not wait")
	default:
		esc.SetHelp("esc", "stop")
	}
	return esc
}
