package monitor

import (
	"errors"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/history"
)

// selection is what is shown of what is kept.
type selection struct {
	shows    history.Test // nil: everything
	scanning bool         // a step of the filter is under way
	hold     uint64       // what the cursor was on when the filter changed
	held     bool
	placed   uint64 // where the last step put the cursor: elsewhere, it was moved
}

// onFilterKey types the filter. It is applied as it is typed, as far as it makes sense.
func (p *Page) onFilterKey(msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(msg, p.keys.Cancel):
		p.filter.Clear()
		p.filter.Blur()
		return p.applyFilter()
	case key.Matches(msg, p.keys.keep):
		return p.keepFilter()
	case key.Matches(msg, p.keys.Confirm):
		return p.confirmFilter()
	}
	return p.onTyped(msg)
}

// confirmFilter ends typing. A filter that was typed with a name is offered to be kept.
func (p *Page) confirmFilter() tea.Cmd {
	if p.filterError != nil {
		return nil
	}
	p.filter.Blur()
	if name, _ := filter.CutName(p.filter.Value()); name != "" {
		return p.keepFilter()
	}
	return nil
}

// keepFilter offers to keep what is typed under a name.
func (p *Page) keepFilter() tea.Cmd {
	if p.filterError != nil || p.applied.Empty() {
		return nil
	}
	name, text := filter.CutName(p.filter.Value())
	if name == "" {
		name = p.filters.all.FreeName()
	}
	p.filter.Set(text)
	p.filter.Blur()
	return p.filterForm(nil, filter.Named{Name: name, Text: p.applied.Text, On: true}, nameField)
}

func (p *Page) onTyped(msg tea.Msg) tea.Cmd {
	if p.find.input.Focused() {
		return p.typeFind(msg)
	}
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
	name, text := filter.CutName(p.filter.Value())
	f, err := filter.ParseAt(text, p.ctx.Time)
	p.filterError = err
	if err != nil {
		var at *filter.Error
		if name != "" && errors.As(err, &at) {
			before := utf8.RuneCountInString(p.filter.Value()) - utf8.RuneCountInString(text)
			p.filterError = &filter.Error{Text: at.Text, Column: at.Column + before}
		}
		return nil
	}
	p.applied = f
	return p.refilter()
}

// setScope shows one device only, or all.
func (p *Page) setScope(deviceID string) tea.Cmd {
	if deviceID == p.scope {
		return nil
	}
	p.scope = deviceID
	p.figures.SetScope(deviceID)
	return p.refilter()
}

// toggleScope shows only the device under the cursor, or all again.
func (p *Page) toggleScope() tea.Cmd {
	if p.scope != "" {
		return p.setScope("")
	}
	return p.setScope(p.SelectedDevice())
}

// filtering tells whether anything can be hidden.
func (p *Page) filtering() bool { return p.shows != nil }

// refilter looks at all that is kept again, in steps.
func (p *Page) refilter() tea.Cmd {
	p.shows = p.test()
	p.history.Show(p.shows)
	if !p.held || p.list.cursor != p.placed {
		p.hold, p.held, p.placed = p.list.cursor, p.list.mode != following, p.list.cursor
	}
	p.remark()
	return tea.Batch(p.scan(), p.findAgain())
}

// test is what an event must pass to be shown; nil when all are.
func (p *Page) test() history.Test {
	applied, scope, on := p.applied, p.scope, p.filters.on
	named := applied.Test
	if len(on) > 0 {
		named = func(e *history.Event, body []byte) history.Verdict { return both(applied.Test, on.Test, e, body) }
	}
	switch {
	case scope != "":
		return func(e *history.Event, body []byte) history.Verdict {
			if e.DeviceID != scope {
				return history.Hides
			}
			return named(e, body)
		}
	case applied.Empty() && len(on) == 0:
		return nil
	}
	return named
}

// both tells whether an event passes two tests. The second one is tried even if the first waits for the body: it may
// hide the event without.
func both(a, b history.Test, e *history.Event, body []byte) history.Verdict {
	first := history.Passes
	if a != nil {
		first = a(e, body)
	}
	if first == history.Hides {
		return first
	}
	if second := b(e, body); second != history.Passes {
		return second
	}
	return first
}

// scan does one step, at once, and asks for the next.
func (p *Page) scan() tea.Cmd {
	p.history.Step(scanStep)
	p.settle()
	p.showCurrent()
	if p.history.Settled() || p.scanning {
		return nil
	}
	p.scanning = true
	return p.Act(func() tea.Msg { return scanMsg{} })
}

// settle puts the cursor right after a step. While older events are still to be looked at, the one that it was on may
// yet come: it goes back there unless it was moved meanwhile.
func (p *Page) settle() {
	if p.held && p.list.mode != following && p.list.cursor == p.placed {
		p.list.cursor = p.hold
	} else {
		p.held = false
	}
	p.list.settle()
	p.placed = p.list.cursor
	p.held = p.held && !p.history.Done()
}

func (p *Page) onScan() tea.Cmd {
	p.scanning = false
	return p.scan()
}
