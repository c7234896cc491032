package devices

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
)

// The detail pane stands beside the list where there is room, and in its place where
// there is not, or when it is zoomed.

// detailSeen says whether the detail pane is on screen.
func (p *Page) detailSeen() bool { return p.beside() || p.pane == detailPane }

// beside says whether both panes are on screen.
func (p *Page) beside() bool { return p.wide() && !p.zoomed }

func (p *Page) watchDetail() tea.Cmd { return p.o.Detail.SetVisible(p.visible && p.detailSeen()) }

// showDetail makes sure that the detail pane can be seen.
func (p *Page) showDetail() tea.Cmd {
	if p.wide() {
		return nil
	}
	return p.open()
}

// lost says that the device which is looked at has gone from the list, since somebody else has deleted it. It
// stays in the detail pane while that has the focus: what was read of it is still there, and no key is meant for
// the device that stands under the cursor now.
func (p *Page) lost() bool {
	if p.pane != detailPane || p.shown.DeviceID == "" || p.shown.DeviceID == p.table.Key() {
		return false
	}
	_, there := p.rows.byID(p.shown.DeviceID)
	return !there
}

// leave goes back to the list from a device that this program has deleted.
func (p *Page) leave(ids ...string) tea.Cmd {
	if p.pane != detailPane || !slices.Contains(ids, p.shown.DeviceID) {
		return nil
	}
	return p.focusPane(listPane)
}

// open shows the device: beside the list by moving the focus, else in its place.
func (p *Page) open() tea.Cmd {
	if p.table.Key() == "" {
		return nil
	}
	return p.focusPane(detailPane)
}

func (p *Page) focusPane(to pane) tea.Cmd {
	p.pane = to
	if to == listPane {
		p.zoomed = false
	}
	p.layout()
	p.tellFocus()
	p.updateKeys()
	return p.watchDetail()
}

// zoom gives the detail pane all the room, or only its share again.
func (p *Page) zoom() tea.Cmd {
	if p.table.Key() == "" {
		return nil
	}
	p.zoomed = !p.zoomed
	return p.focusPane(detailPane)
}

func (p *Page) back() tea.Cmd {
	if p.pane == detailPane {
		if cmd, taken := p.o.Detail.Back(); taken {
			return cmd
		}
		return tea.Batch(p.focusPane(listPane), p.showSelected())
	}
	switch {
	case p.load.all:
		return p.stopReading()
	case p.filter.Value() != "":
		return p.clearFilter()
	case p.queries.asked != "":
		return p.leaveAnswer()
	}
	return p.unmark()
}

// NextPane implements page.Paned.
func (p *Page) NextPane(forward bool) bool {
	if !p.beside() || p.table.Key() == "" || forward != (p.pane == listPane) {
		return false
	}
	to := listPane
	if forward {
		to = detailPane
	}
	p.focusPane(to)
	return true
}

// EnterPanes implements page.Paned.
func (p *Page) EnterPanes(forward bool) {
	to := listPane
	if p.zoomed || (!forward && p.wide() && p.table.Key() != "") {
		to = detailPane
	}
	p.focusPane(to)
}

func (p *Page) onClick(msg tea.MouseClickMsg) tea.Cmd {
	y, ok := p.underBar(msg.Y)
	if msg.Button != tea.MouseLeft || !ok {
		return nil
	}
	msg.Y = y
	if !p.beside() && p.pane == detailPane {
		return p.o.Detail.Update(msg)
	}
	if msg.X > p.listWidth() {
		msg.X -= p.listWidth() + 1
		return tea.Batch(p.open(), p.o.Detail.Update(msg))
	}
	return tea.Batch(p.focusPane(listPane), p.onListClick(msg))
}

func (p *Page) onListClick(msg tea.MouseClickMsg) tea.Cmd {
	if msg.Y == p.headHeight() {
		if c := p.table.ColumnAt(msg.X); c >= 0 {
			by := p.rows.columns[c].by
			return p.sortBy(by, by == p.rows.by && !p.rows.descending)
		}
		return nil
	}
	if p.table.Click(msg.Y - p.headHeight()) {
		return p.moved()
	}
	return nil
}

func (p *Page) onWheel(msg tea.MouseWheelMsg) tea.Cmd {
	y, ok := p.underBar(msg.Y)
	if !ok {
		return nil
	}
	msg.Y = y
	if !p.beside() && p.pane == detailPane {
		return p.o.Detail.Update(msg)
	}
	if p.beside() && msg.X > p.listWidth() {
		return p.o.Detail.Update(msg)
	}
	switch msg.Button {
	case tea.MouseWheelUp:
		p.table.Wheel(-3)
	case tea.MouseWheelDown:
		p.table.Wheel(3)
	}
	return p.moved()
}

var _ page.Paned = (*Page)(nil)
