package devices

import (
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/devices/roster"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/userfile"
	"hubscope/ui/widget"
)

// choice is what the user has chosen to see, as it is kept.
type choice struct {
	Columns    []string `toml:"columns"`        // besides the id
	Sort       string   `toml:"sort,omitempty"` // the name of a column
	Descending bool     `toml:"descending,omitempty"`
}

// usualColumns are those of somebody who has chosen none.
var usualColumns = []string{"status", "connection", "activity", "c2d", "authentication"}

// mostPaths bounds the members of twins: each makes a query longer and takes memory for each device.
const mostPaths = 8

var errManyPaths = errors.New("at most 5 members of the twin fit")

// columnsOf makes columns of their names. What is none is left out, and said.
func columnsOf(names []string) (list []column, paths []string, err error) {
	list = append(list, fixed[0])
	for _, name := range names {
		i := slices.IndexFunc(fixed, func(c column) bool { return c.name == name })
		switch wrong := hub.CheckListPath(name); {
		case i == 0 || slices.ContainsFunc(list, func(c column) bool { return c.name == name }):
		case i > 0:
			list = append(list, fixed[i])
		case wrong != nil:
			err = wrong
		case len(paths) == mostPaths:
			err = errManyPaths
		default:
			list = append(list, pathColumn(name, len(paths)))
			paths = append(paths, name)
		}
	}
	return list, paths, err
}

func heads(list []column) []widget.Column {
	out := make([]widget.Column, len(list))
	for i, c := range list {
		out[i] = c.Column
	}
	return out
}

// choiceMsg is what the file holds, or that it could not be written.
type choiceMsg struct {
	choice
	read bool
	err  error
}

// mostChoice bounds the file.
const mostChoice = 1 << 20

// readChoice reads the file before the list is read for the first time.
func (p *Page) readChoice() tea.Cmd {
	path := p.o.Choice
	return p.Act(func() tea.Msg {
		m := choiceMsg{read: true}
		m.err = userfile.Load(path, mostChoice, &m.choice)
		return m
	})
}

func (p *Page) onChoice(m choiceMsg) tea.Cmd {
	if !m.read {
		return p.choiceTrouble("the columns are not kept", m.err)
	}
	if m.Columns == nil {
		m.Columns = usualColumns
	}
	err := p.choose(m.choice)
	if m.err != nil {
		err = m.err
	}
	return tea.Batch(p.reload(), p.choiceTrouble("the columns that were kept are not all shown", err))
}

func (p *Page) choiceTrouble(what string, err error) tea.Cmd {
	if err == nil {
		return nil
	}
	return page.Tell(page.Report{
		Severity: page.Failure, Text: what + ": " + safe.Inline(err.Error()), Next: "look at the file devices.toml in the configuration folder",
		Detail: safe.Inline(err.Error()),
	})
}

// choose shows other columns, and the order that goes with them.
func (p *Page) choose(c choice) error {
	list, paths, err := columnsOf(c.Columns)
	by := roster.ByID
	for _, column := range list {
		if column.name == c.Sort {
			by = column.by
		}
	}
	if p.rows.setColumns(list, paths) {
		p.sorting.giveUp() // it was for columns with other numbers
	}
	p.table.SetColumns(heads(list)...)
	p.order(by, c.Descending)
	return err
}

// setColumns keeps what is known of the columns that stay, and says whether other members of twins are wanted.
func (r *rows) setColumns(list []column, paths []string) bool {
	changed := !slices.Equal(paths, r.paths)
	from := make([]int, len(paths))
	for i, path := range paths {
		from[i] = slices.Index(r.paths, path)
	}
	if changed {
		r.held.SetColumns(from)
	}
	r.columns, r.paths = list, paths
	return changed
}

// chosen is what is shown now.
func (p *Page) chosen() choice {
	c := choice{Descending: p.rows.descending}
	for _, column := range p.rows.columns {
		if column.by == p.rows.by {
			c.Sort = column.name
		}
	}
	for _, column := range p.rows.columns[1:] {
		c.Columns = append(c.Columns, column.name)
	}
	return c
}

// keep writes the choice.
func (p *Page) keep() tea.Cmd {
	path, c := p.o.Choice, p.chosen()
	if path == "" {
		return nil
	}
	p.keeper.newest++
	serial, keeper := p.keeper.newest, &p.keeper
	return p.Act(func() tea.Msg {
		if err := keeper.save(serial, path, c); err != nil {
			return choiceMsg{err: err}
		}
		return nil
	})
}

// nextColumn is the order of the column behind the one that the rows are sorted by.
func (p *Page) nextColumn() roster.By {
	i := slices.IndexFunc(p.rows.columns, func(c column) bool { return c.by == p.rows.by })
	return p.rows.columns[(i+1)%len(p.rows.columns)].by
}

// sortBy sorts by a column, and remembers it.
func (p *Page) sortBy(by roster.By, descending bool) tea.Cmd {
	p.order(by, descending)
	p.table.Sync()
	return tea.Batch(p.moved(), p.keep())
}

func (p *Page) order(by roster.By, descending bool) {
	p.rows.by, p.rows.descending = by, descending
	p.rows.arrange()
	p.showOrder()
}

// showOrder puts the arrow where it belongs: nowhere, when the best come first.
func (p *Page) showOrder() {
	w := p.rows.wish()
	p.table.Sorted, p.table.Descending = -1, w.Descending
	if !w.ByScore() {
		p.table.Sorted = slices.IndexFunc(p.rows.columns, func(c column) bool { return c.by == w.By })
	}
}
