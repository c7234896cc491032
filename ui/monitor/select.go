package monitor

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/history"
)

// onFilterKey types the filter. It is applied as it is typed, as far as it makes sense.
func (p *Page) onFilterKey(msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(msg, p.keys.Cancel):
		p.filter.Clear()
		p.filter.Blur()
		return p.applyFilter()
	case key.Matches(msg, p.keys.Confirm):
		if p.filterError == nil {
			p.filter.Blur()
		}
		return nil
	}
	return p.onTyped(msg)
}

func (p *Page) onTyped(msg tea.Msg) tea.Cmd {
	if !p.filter.Focused() {
		return nil
	}
	before := p.filter.Value()
	typing := p.filter.Update(msg)
	if p.filter.Value() == before {
		return typing
	}
	return tea.Batch(typing, p.applyFilter())
}

// applyFilter takes the filter as typed; one that does not make sense yet changes nothing.
func (p *Page) applyFilter() tea.Cmd {
	f, err := filter.ParseAt(p.filter.Value(), p.ctx.Time)
	p.filterError = err
	if err != nil {
		return nil
	}
	p.applied = f
	p.painter.Mark(f.Marks()...)
	return p.refilter()
}

// setScope shows one device only, or all.
func (p *Page) setScope(deviceID string) tea.Cmd {
	if deviceID == p.scope {
		return nil
	}
	p.scope = deviceID
	return p.refilter()
}

// toggleScope shows only the device under the cursor, or all again.
func (p *Page) toggleScope() tea.Cmd {
	if p.scope != "" {
		return p.setScope("")
	}
	return p.setScope(p.SelectedDevice())
}

// refilter looks at all that is kept again, in steps.
func (p *Page) refilter() tea.Cmd {
	applied, scope := p.applied, p.scope
	switch {
	case scope == "" && applied.Empty():
		p.history.Show(nil)
	case scope == "":
		p.history.Show(applied.Shows)
	default:
		p.history.Show(func(e *history.Event) bool { return e.DeviceID == scope && applied.Shows(e) })
	}
	return p.scan()
}

// scan does one step, at once, and asks for the next.
func (p *Page) scan() tea.Cmd {
	p.history.Step(scanStep)
	p.list.settle()
	p.showCurrent()
	if p.history.Done() || p.scanning {
		return nil
	}
	p.scanning = true
	return p.Act(func() tea.Msg { return scanMsg{} })
}

func (p *Page) onScan() tea.Cmd {
	p.scanning = false
	return p.scan()
}
