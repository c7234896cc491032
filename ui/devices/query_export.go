package devices

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/failure"
	"hubscope/ui/outside"
	"hubscope/ui/page"
	"hubscope/ui/query"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// exporting is the form of an export, until the file is written.
type exporting struct {
	form *widget.Form
	rows query.Export
}

type exportedMsg struct {
	of   *exporting
	over string // write over this file
	path string
	n    int
	err  error
}

// askExport asks for the file that all rows of an answer go to.
func (p *Page) askExport() tea.Cmd {
	t, registry, size := p.queries.table, p.o.Registry, p.o.PageSize
	if t == nil {
		return nil
	}
	items, _ := t.Items()
	x := &exporting{rows: query.Export{Items: items, Next: t.next}}
	x.rows.More = func(ctx context.Context, token string) (query.Batch, error) {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		found, err := registry.Query(ctx, t.statement.Text, size, token)
		return query.Batch{Items: found.Items, Next: found.Continuation}, err
	}
	x.form = widget.NewForm(p.ctx.Styles, p.ctx.Keys, "Export as lines of JSON", "export",
		func(values []string) tea.Cmd { return p.writeRows(x, values[0], false) },
		widget.Field{
			Label: "File", Value: "query-" + p.ctx.Time().Format("20060102-150405") + ".jsonl", Limit: 400, Check: checkExport,
			Hint: "In the working directory, unless a folder is named.",
		})
	p.queries.export = x
	return p.ctx.Send(page.OpenDialog{Dialog: x.form})
}

func checkExport(name string) error {
	if name = strings.TrimSpace(name); name == "" || strings.HasSuffix(name, string(filepath.Separator)) {
		return errors.New("name a file")
	}
	return nil
}

func (p *Page) writeRows(x *exporting, name string, over bool) tea.Cmd {
	x.form.Busy("writing the rows")
	base := p.Base()
	return p.Act(func() tea.Msg {
		path := outside.Path(name)
		n, err := x.rows.Write(base, path, over)
		m := exportedMsg{of: x, path: path, n: n, err: err}
		if errors.Is(err, fs.ErrExist) {
			m.over = name
		}
		return m
	})
}

func (p *Page) onExported(m exportedMsg) tea.Cmd {
	switch {
	case m.err == nil && m.over != "" && m.n == 0 && m.path == "":
		return p.writeRows(m.of, m.over, true)
	case m.over != "":
		box := widget.NewConfirm(p.ctx.Styles, "Overwrite", safe.Line(m.over, 200)+" is there already. Overwrite it?", "overwrite",
			p.Act(func() tea.Msg { return exportedMsg{of: m.of, over: m.over} }))
		m.of.form.Fail("the file is there already", "name another one")
		return p.ctx.Send(page.OpenDialog{Dialog: box})
	case m.err != nil:
		sentence, next := exportTrouble(m.err)
		m.of.form.Fail("nothing was exported: "+sentence, next)
		return failure.Note("nothing was exported", m.err)
	}
	return tea.Batch(p.ctx.Send(page.CloseDialog{Dialog: m.of.form}), page.Tell(page.Report{
		Severity: page.Success, Text: widget.Plural(m.n, "row") + " exported to " + safe.Inline(m.path),
	}))
}

// exportTrouble tells a file that cannot be written from a hub that does not answer.
func exportTrouble(err error) (sentence, next string) {
	var path *os.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return safe.Inline(path.Err.Error()), "name another file"
	case errors.As(err, &link):
		return safe.Inline(link.Err.Error()), "name another file"
	}
	return failure.Words(err)
}
