package monitor

import (
	"errors"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/monitor/field"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

type (
	// askExportMsg asks for the form of a file.
	askExportMsg struct{ plan exportPlan }
	// exportThereMsg tells whether the file is there already.
	exportThereMsg struct {
		form  *widget.Form
		plan  exportPlan
		there bool
	}
)

// exportMenu offers what to export and how; while one is under way, to cancel it.
func (p *Page) exportMenu() tea.Cmd {
	ask := func(plan exportPlan) tea.Cmd {
		return p.Act(func() tea.Msg { return askExportMsg{plan} })
	}
	shown, kept := widget.Plural(p.history.Len(), "event"), widget.Plural(p.history.Kept(), "event")
	if !p.history.Done() {
		shown = "still searching"
	}
	choices := []widget.Choice{
		{Key: "l", Label: "what is shown, as lines of JSON", Hint: shown, Run: ask(exportPlan{})},
		{Key: "c", Label: "what is shown, as CSV", Hint: shown, Run: ask(exportPlan{csv: true})},
		{Key: "L", Label: "all that is kept, as lines of JSON", Hint: kept, Run: ask(exportPlan{all: true})},
		{Key: "C", Label: "all that is kept, as CSV", Hint: kept, Run: ask(exportPlan{all: true, csv: true})},
	}
	switch {
	case p.export != nil:
		choices = []widget.Choice{{Key: "c", Label: "cancel the export", Hint: p.export.percent() + " is written", Run: p.Act(func() tea.Msg { return cancelExportMsg{} })}}
	case p.history.Kept() == 0:
		return page.Tell(page.Report{Severity: page.Info, Text: "there is no event to export yet"})
	case p.shows == nil: // both are the same
		choices = choices[2:]
		choices[0].Key, choices[1].Key = "l", "c"
	}
	menu := widget.NewMenu(p.ctx.Styles, p.ctx.Keys, "Export", choices...)
	return p.ctx.Send(page.OpenDialog{Dialog: menu})
}

// exportForm asks for the file, and for the columns of CSV.
func (p *Page) exportForm(plan exportPlan) tea.Cmd {
	title, ext := "Export as lines of JSON", "jsonl"
	if plan.csv {
		title, ext = "Export as CSV", "csv"
	}
	fields := []widget.Field{{
		Label: "File", Value: p.proposeFile(ext), Limit: 400, Check: checkFile,
		Hint: "In the working directory, unless a folder is named. A name that ends in .gz is compressed.",
	}}
	if plan.csv {
		fields = append(fields, widget.Field{
			Label: "More columns", Value: "body", Limit: 2000,
			Hint:  "Such as body.windSpeed, properties.alarm, size. Times, ids, partition, number, source and all properties have theirs.",
			Check: func(text string) error { _, err := readColumns(text); return err },
		})
	}
	var form *widget.Form
	form = widget.NewForm(p.ctx.Styles, p.ctx.Keys, title, "export", func(values []string) tea.Cmd {
		plan.path = expandHome(values[0])
		if plan.csv {
			plan.columns, _ = readColumns(values[1]) // checked
		}
		return p.Act(func() tea.Msg {
			_, err := os.Lstat(plan.path)
			return exportThereMsg{form, plan, !errors.Is(err, os.ErrNotExist)}
		})
	}, fields...)
	return p.ctx.Send(page.OpenDialog{Dialog: form})
}

// onExportThere begins, or asks first when that would overwrite a file.
func (p *Page) onExportThere(msg exportThereMsg) tea.Cmd {
	if !msg.there {
		return tea.Batch(p.ctx.Send(page.CloseDialog{Dialog: msg.form}), p.startExport(msg.plan))
	}
	overwrite := tea.Batch(
		func() tea.Msg { return page.CloseDialog{Dialog: msg.form} },
		p.Act(func() tea.Msg { return startExportMsg{msg.plan} }),
	)
	ask := widget.NewConfirm(p.ctx.Styles, "Overwrite", safe.Line(msg.plan.path, 200)+" is there already. Overwrite it?", "overwrite", overwrite,
		"It stays as it is until the export is whole.")
	return p.ctx.Send(page.OpenDialog{Dialog: ask})
}

// readColumns reads paths with commas between them; none is fine.
func readColumns(text string) ([]field.Path, error) {
	var all []field.Path
	for part := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		path, err := field.Parse(part)
		if err != nil {
			return nil, err
		}
		all = append(all, path)
	}
	return all, nil
}

// onExport takes the messages of an export.
func (p *Page) onExport(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case askExportMsg:
		return p.exportForm(msg.plan)
	case exportThereMsg:
		return p.onExportThere(msg)
	case startExportMsg:
		return p.startExport(msg.plan)
	case exportStepMsg:
		return p.onExportStep(msg)
	case exportEndedMsg:
		return p.onExportEnded(msg)
	case cancelExportMsg:
		if p.export != nil {
			p.export.cancel = true
		}
	}
	return nil
}
