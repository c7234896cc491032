package uitest

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
)

// Solo makes a model of one page alone, with the part of the root model that a page needs: answers addressed to it
// are delivered, all others are kept in Sent.
type Solo struct {
	Page page.Page
	sent func(tea.Msg)
}

// NewSolo shows p alone. sent, which may be nil, gets what the page sends to the root: reports, dialogs to open. It
// is called on the program's goroutine.
func NewSolo(p page.Page, sent func(tea.Msg)) *Solo { return &Solo{Page: p, sent: sent} }

// Init opens the page.
func (s *Solo) Init() tea.Cmd { return s.Page.Init() }

// Update delivers what is for the page.
func (s *Solo) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		s.Page.SetSize(msg.Width, msg.Height)
		return s, nil
	case page.Envelope:
		return s, s.deliver(msg)
	case page.Report, page.OpenDialog, page.CloseDialog, page.ShowTab, page.SelectDevice, page.EventRate, page.StreamHealth, page.ShowJournal, page.ShowHelp:
		if s.sent != nil {
			s.sent(msg)
		}
		return s, nil
	}
	return s, s.Page.Update(msg)
}

func (s *Solo) deliver(e page.Envelope) tea.Cmd {
	to, addressed := s.Page.(page.Addressee)
	if !addressed {
		return s.Page.Update(e.Msg)
	}
	if id, gen := to.Address(); id != e.To || e.Generation != 0 && gen != e.Generation {
		return nil
	}
	return s.Page.Update(e.Msg)
}

// View draws the page on the whole screen.
func (s *Solo) View() tea.View {
	view := tea.NewView(s.Page.View())
	if c, ok := s.Page.(page.Cursorer); ok {
		view.Cursor = c.Cursor()
	}
	return view
}
