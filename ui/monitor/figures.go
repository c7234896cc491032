package monitor

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/monitor/field"
)

// chartField draws a field over time, of all devices that send it.
func (p *Page) chartField(path field.Path) tea.Cmd {
	return nil
}
