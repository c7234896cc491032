package devices

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

var shownOrNot = []string{"shown", "hidden"}

// askColumns opens the dialog of the columns: a line for the members of the twin, and one for each other column.
func (p *Page) askColumns() tea.Cmd {
	if p.o.Registry == nil {
		return nil
	}
	names := p.chosen().Columns
	lines := []widget.Line{{
		Label: "Of the twin", Value: strings.Join(ofTwin(names), ", "), Empty: "tags.building, reported.firmware.version",
		Hint: "Members of the twin: tags., desired. or reported. and their names, with commas between. Each is a column to look at and to sort by.", Check: checkPaths,
	}}
	for _, c := range others() {
		value := shownOrNot[1]
		if slices.Contains(names, c[0]) {
			value = shownOrNot[0]
		}
		lines = append(lines, widget.Line{Label: c[1], Options: shownOrNot, Value: value, Hint: "Where there is no room for all columns the last ones give way."})
	}
	var sheet *widget.Sheet
	sheet = widget.NewSheet(p.ctx.Styles, p.ctx.Keys, widget.SheetOptions{
		Title: "Columns", Verb: "show", LabelWidth: 16,
		Submit: func(s *widget.Sheet) tea.Cmd {
			return tea.Batch(p.ctx.Send(page.CloseDialog{Dialog: sheet}), p.chooseNames(namesOf(s)))
		},
	}, lines...)
	return p.ctx.Send(page.OpenDialog{Dialog: sheet})
}

// others are the columns that are chosen one by one: their names, and what they are.
func others() [][2]string {
	var out [][2]string
	for _, c := range fixed[1:] {
		out = append(out, [2]string{c.name, c.is})
	}
	for _, f := range ofIdentity {
		out = append(out, [2]string{f.path, f.is})
	}
	return out
}

// ofTwin are the names that are chosen by writing them.
func ofTwin(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return slices.ContainsFunc(others(), func(c [2]string) bool { return c[0] == name })
	})
}

func namesOf(s *widget.Sheet) []string {
	var out []string
	for i, c := range others() {
		if s.Chosen(i+1) == 0 {
			out = append(out, c[0])
		}
	}
	return append(out, splitPaths(s.Value(0))...)
}

func splitPaths(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func checkPaths(text string) error {
	paths := splitPaths(text)
	for _, path := range paths {
		if err := hub.CheckListPath(path); err != nil {
			return err
		}
	}
	if len(paths) > mostPaths-len(ofIdentity) {
		return errManyPaths
	}
	return nil
}

// chooseNames shows the columns, and reads the list anew when it must know more of the twins.
func (p *Page) chooseNames(names []string) tea.Cmd {
	before, c := p.rows.paths, p.chosen()
	c.Columns = names
	_ = p.choose(c) // the dialog has checked them
	p.table.Sync()
	cmds := []tea.Cmd{p.moved(), p.keep()}
	if !slices.Equal(before, p.rows.paths) {
		cmds = append(cmds, p.reload())
	}
	return tea.Batch(cmds...)
}
