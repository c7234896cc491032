package identity

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/credential"
)

// openCopyMenu offers what of the device can be put on the clipboard.
func (p *Page) openCopyMenu() tea.Cmd {
	return credential.Copier{
		Ctx: p.ctx, What: "device", Connection: p.device.ConnectionString(p.o.Service), Auth: p.device.Auth,
		MQTTAddr: p.o.MQTTAddr, CAFile: p.o.CAFile,
		Later: func(run func() tea.Cmd) tea.Cmd { return p.later(action{run: run}) },
	}.Menu()
}
