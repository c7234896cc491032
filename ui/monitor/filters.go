package monitor

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/history"
	"hubscope/ui/page"
	"hubscope/ui/safe"
)

// filters are those with names: the list, the file it is kept in, and how many events each lets through while one
// looks at the list.
type filters struct {
	all  filter.Set
	on   filter.Set // those of all that decide something
	file string     // "": not kept

	saving bool          // a command writes the file
	stale  bool          // the list has changed since
	saved  chan struct{} // closed when no command writes any more

	counts   map[*filter.Named]*history.Index // nil: nobody looks
	counting bool                             // a step is under way
}

type (
	filtersMsg struct { // the file was read
		all filter.Set
		err error
	}
	savedMsg struct{ err error }
	countMsg struct{}
)

// loadFilters reads the file.
func (p *Page) loadFilters() tea.Cmd {
	path := p.filters.file
	if path == "" {
		return nil
	}
	return p.Act(func() tea.Msg {
		all, err := filter.Load(path)
		return filtersMsg{all, err}
	})
}

func (p *Page) onFilters(msg filtersMsg) tea.Cmd {
	if msg.err != nil {
		return p.tellFile(msg.err, "the filters of earlier are not there")
	}
	for _, n := range msg.all {
		n.Compile(p.ctx.Time)
	}
	// What was made before the file was read stays.
	p.filters.all = append(msg.all, p.filters.all...)
	return p.switched()
}

// tellFile reports what is wrong with the file of filters.
func (p *Page) tellFile(err error, what string) tea.Cmd {
	r := page.Report{Severity: page.Failure, Text: what + ": " + safe.Line(err.Error(), 200), Detail: p.filters.file}
	if errors.Is(err, filter.ErrUnreadable) {
		r.Severity = page.Warning
		r.Text = what + ": " + filepath.Base(p.filters.file) + " does not read and was left as it is"
		r.Next = "mend it or move it away"
		r.Detail = p.filters.file + ": " + err.Error()
	}
	return page.Tell(r)
}

// changed applies the filters and keeps them.
func (p *Page) filtersChanged() tea.Cmd { return tea.Batch(p.switched(), p.saveFilters()) }

// switched applies the filters that are on.
func (p *Page) switched() tea.Cmd {
	p.filters.on = p.filters.all.Active()
	return p.refilter()
}

// saveFilters writes the file, one command at a time.
func (p *Page) saveFilters() tea.Cmd {
	fs := &p.filters
	switch {
	case fs.file == "":
		return nil
	case fs.saving:
		fs.stale = true
		return nil
	}
	fs.saving, fs.stale, fs.saved = true, false, make(chan struct{})
	path, done, all := fs.file, fs.saved, copies(fs.all)
	return p.Act(func() tea.Msg {
		defer close(done)
		return savedMsg{filter.Save(path, all)}
	})
}

// copies are for a command to write, while the page goes on.
func copies(of filter.Set) filter.Set {
	all := make(filter.Set, len(of))
	for i, n := range of {
		all[i] = &filter.Named{Name: n.Name, Text: n.Text, On: n.On, Hide: n.Hide}
	}
	return all
}

func (p *Page) onSaved(msg savedMsg) tea.Cmd {
	p.filters.saving = false
	if p.filters.stale {
		return p.saveFilters()
	}
	if msg.err != nil {
		return p.tellFile(msg.err, "the filters are kept for this session only")
	}
	return nil
}

// finish waits until the file is written, so that quitting loses no filter.
func (fs *filters) finish(patience time.Duration) {
	if !fs.saving {
		return
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-fs.saved:
	case <-timer.C:
		return
	}
	if fs.stale {
		// Nobody is left to tell of an error.
		_ = filter.Save(fs.file, copies(fs.all))
	}
}

// toggleFilter switches one on or off.
func (p *Page) toggleFilter(n *filter.Named) tea.Cmd {
	n.On = !n.On
	return p.filtersChanged()
}

// putFilter takes a filter from the form: a new one, or a changed one in its place.
func (p *Page) putFilter(old, changed *filter.Named) tea.Cmd {
	changed.Compile(p.ctx.Time)
	if old == nil {
		p.filters.all = append(p.filters.all, changed)
		p.count(changed)
	} else {
		p.uncount(old)
		*old = *changed
		p.count(old)
	}
	return tea.Batch(p.filtersChanged(), p.countStep())
}

// removeFilter takes one away for good.
func (p *Page) removeFilter(n *filter.Named) tea.Cmd {
	p.uncount(n)
	kept := p.filters.all[:0:0]
	for _, other := range p.filters.all {
		if other != n {
			kept = append(kept, other)
		}
	}
	p.filters.all = kept
	return p.filtersChanged()
}

// countAll begins to count what each filter lets through.
func (p *Page) countAll() tea.Cmd {
	p.endCounts()
	p.filters.counts = map[*filter.Named]*history.Index{}
	for _, n := range p.filters.all {
		p.count(n)
	}
	return p.countStep()
}

func (p *Page) count(n *filter.Named) {
	if p.filters.counts != nil {
		p.filters.counts[n] = p.history.Watch(n.Test)
	}
}

func (p *Page) uncount(n *filter.Named) {
	if ix := p.filters.counts[n]; ix != nil {
		p.history.Unwatch(ix)
		delete(p.filters.counts, n)
	}
}

// endCounts stops counting.
func (p *Page) endCounts() {
	for _, ix := range p.filters.counts {
		p.history.Unwatch(ix)
	}
	p.filters.counts = nil
}

// countStep counts for a moment and asks for the next.
func (p *Page) countStep() tea.Cmd {
	if p.filters.counting {
		return nil
	}
	for _, n := range p.filters.all {
		if ix := p.filters.counts[n]; ix != nil && !ix.Scanned() {
			ix.Step(scanStep)
			p.filters.counting = true
			return p.Act(func() tea.Msg { return countMsg{} })
		}
	}
	return nil
}

func (p *Page) onCount() tea.Cmd {
	p.filters.counting = false
	return p.countStep()
}

// ageFilters applies filters anew that depend on the time, once a second while they can be seen.
func (p *Page) ageFilters() tea.Cmd {
	if !p.visible || !p.applied.Timed() && !p.filters.on.Timed() {
		return nil
	}
	p.history.ShowAgain()
	return p.scan()
}

// filterCommands switch filters from the palette.
func (p *Page) filterCommands() []page.Command {
	commands := []page.Command{{Name: "events filters", Desc: "switch, make and change filters with names", Run: p.filterList}}
	for _, n := range p.filters.all {
		verb := "on"
		if n.On {
			verb = "off"
		}
		commands = append(commands, page.Command{
			Name: "events filter " + safe.Line(n.Name, 32), Desc: fmt.Sprintf("switch this filter %s", verb),
			Run: func() tea.Cmd { return p.toggleFilter(n) },
		})
	}
	return commands
}
