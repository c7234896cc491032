package ui

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
)

// deliver hands an addressed answer to its page. Answers to closed pages and to
// questions that the page has since asked anew are dropped.
func (a *App) deliver(e page.Envelope) tea.Cmd {
	if isForRoot(e.Msg) {
		return a.handle(e.Msg)
	}
	p, ok := a.route.find(e.To)
	if !ok {
		return nil
	}
	if _, gen := p.(page.Addressee).Address(); e.Generation != 0 && e.Generation != gen {
		return nil
	}
	return p.Update(e.Msg)
}

// isForRoot says whether a message means the root whatever its envelope says.
func isForRoot(msg tea.Msg) bool {
	switch msg.(type) {
	case page.Report, page.ShowTab, page.SelectDevice, page.ToggleSimulated, page.StartMany, page.CallMany, page.StopSimulated, page.FollowDevice, page.DevicesChanged,
		page.EventRate, page.HubHealth, page.StreamHealth, page.OpenDialog, page.CloseDialog, page.ShowJournal, page.ShowHelp,
		page.ShowFaults, page.FaultsActive, page.ShowProfiles, page.UseProfile,
		tea.BatchMsg:
		return true
	default:
		return false
	}
}
