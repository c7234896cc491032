package monitor

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
)

// toggleSimulated starts or stops the simulated device that sent the event under the
// cursor. The Devices tab does it: it knows the identities.
func (p *Page) toggleSimulated() tea.Cmd {
	id := p.SelectedDevice()
	if id == "" || p.offline.on() {
		return nil
	}
	return func() tea.Msg { return page.ToggleSimulated{DeviceID: id} }
}

// stopSimulated stops all simulated devices.
func (p *Page) stopSimulated() tea.Cmd {
	return func() tea.Msg { return page.StopSimulated{} }
}
