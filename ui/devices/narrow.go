package devices

import (
	tea "charm.land/bubbletea/v2"
)

// typeFilter filters with each key, and still moves the cursor.
func (p *Page) typeFilter(msg tea.KeyPressMsg) tea.Cmd {
	switch msg.Code {
	case tea.KeyEnter:
		p.filter.Blur()
		return p.moved()
	case tea.KeyEscape:
		return p.clearFilter()
	case tea.KeyUp, tea.KeyDown, tea.KeyPgUp, tea.KeyPgDown:
		p.table.Update(msg, p.ctx.Keys)
		return p.moved()
	}
	cmd := p.filter.Update(msg)
	return tea.Batch(cmd, p.applyFilter())
}

func (p *Page) applyFilter() tea.Cmd {
	p.rows.filter = p.filter.Value()
	if p.rows.filter != p.unsought {
		p.unsought = ""
	}
	p.rows.arrange()
	p.showOrder()
	p.table.Sync()
	return p.moved()
}

func (p *Page) clearFilter() tea.Cmd {
	p.filter.Clear()
	p.filter.Blur()
	var stopped tea.Cmd
	if p.load.sought {
		stopped = p.stopReading()
	}
	return tea.Batch(stopped, p.applyFilter())
}

func (p *Page) onPaste(msg tea.PasteMsg) tea.Cmd {
	switch {
	case p.queries.bar.Opened():
		return p.typeQuery(msg)
	case p.filter.Focused():
		return tea.Batch(p.filter.Update(msg), p.applyFilter())
	case p.pane == detailPane && p.o.Detail.CapturesText():
		return p.o.Detail.Update(msg)
	}
	return nil
}
