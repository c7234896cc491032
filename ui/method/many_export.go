package method

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/events/recording"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/userfile"
	"hubscope/ui/widget"
)

// exporting is the form of an export, until the file is written.
type exporting struct {
	form *widget.Form
	csv  bool
	rows []exported // as they were when the form was opened
}

// exported is one result in a file.
type exported struct {
	DeviceID   string          `json:"deviceId"`
	Method     string          `json:"method,omitempty"`
	Time       string          `json:"time,omitempty"`
	Status     *int            `json:"status,omitempty"`
	DurationMS float64         `json:"durationMs,omitempty"`
	Payload    json.RawMessage `json:"payload,omitempty"`
	Error      string          `json:"error,omitempty"`
	TrackingID string          `json:"trackingId,omitempty"`
}

// exportMsg is what came of a step of an export: ask for a file, write over one, or it is done.
type exportMsg struct {
	ask, csv bool
	over     string // a file that is there already
	path     string // written
	force    bool
	err      error
}

var errThere = errors.New("the file is there already")

func (p *Many) askExport() tea.Cmd {
	if t := p.results.tally(); t.left == t.all {
		return page.Tell(page.Report{Severity: page.Info, Text: "there is no result to export yet"})
	}
	ask := func(csv bool) tea.Cmd { return p.Act(func() tea.Msg { return exportMsg{ask: true, csv: csv} }) }
	n := widget.Plural(len(p.results.all), "device")
	return p.ctx.Send(page.OpenDialog{Dialog: widget.NewMenu(p.ctx.Styles, p.ctx.Keys, "Export",
		widget.Choice{Key: "l", Label: "as lines of JSON", Hint: n, Run: ask(false)},
		widget.Choice{Key: "c", Label: "as CSV", Hint: n, Run: ask(true)},
	)})
}

func (p *Many) onExport(m exportMsg) tea.Cmd {
	switch {
	case m.ask:
		return p.openExport(m.csv)
	case p.export == nil:
		return nil
	case m.force:
		return p.writeExport(m.over, true)
	case errors.Is(m.err, errThere):
		box := widget.NewConfirm(p.ctx.Styles, "Overwrite", safe.Line(m.over, 200)+" is there already. Overwrite it?", "overwrite",
			p.Act(func() tea.Msg { return exportMsg{over: m.over, force: true} }))
		p.export.form.Fail("the file is there already", "name another one")
		return p.ctx.Send(page.OpenDialog{Dialog: box})
	case m.err != nil:
		sentence := safe.Inline(why(m.err))
		p.export.form.Fail("nothing was exported: "+sentence, "name another file")
		r := page.Failed("nothing was exported", sentence, "x exports to another file")
		r.Detail, r.Quiet = safe.Inline(m.err.Error()), true
		return page.Tell(r)
	}
	form, n := p.export.form, len(p.export.rows)
	p.export = nil
	return tea.Batch(p.ctx.Send(page.CloseDialog{Dialog: form}), page.Tell(page.Report{
		Severity: page.Success, Text: widget.Plural(n, "result") + " exported to " + safe.Inline(m.path),
	}))
}

// why is the reason in an error of a file.
func why(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// openExport asks for the file.
func (p *Many) openExport(asCSV bool) tea.Cmd {
	title, ext := "Export as lines of JSON", ".jsonl"
	if asCSV {
		title, ext = "Export as CSV", ".csv"
	}
	x := &exporting{csv: asCSV, rows: p.exported()}
	x.form = widget.NewForm(p.ctx.Styles, p.ctx.Keys, title, "export",
		func(values []string) tea.Cmd { return p.writeExport(values[0], false) },
		widget.Field{
			Label: "File", Value: "methods-" + p.ctx.Time().Format("20060102-150405") + ext, Limit: 400, Check: checkFile,
			Hint: "In the working directory, unless a folder is named.",
		})
	p.export = x
	return p.ctx.Send(page.OpenDialog{Dialog: x.form})
}

func checkFile(name string) error {
	if name = strings.TrimSpace(name); name == "" || strings.HasSuffix(name, string(filepath.Separator)) {
		return errors.New("name a file")
	}
	return nil
}

func (p *Many) writeExport(name string, over bool) tea.Cmd {
	x := p.export
	if x == nil {
		return nil
	}
	x.form.Busy("writing the file")
	return p.Act(func() tea.Msg {
		path := expandHome(name)
		if _, err := os.Lstat(path); err == nil && !over {
			return exportMsg{over: name, err: errThere}
		}
		data, err := x.bytes()
		if err == nil {
			err = userfile.Write(path, data)
		}
		return exportMsg{path: path, err: err}
	})
}

// expandHome does what a shell does with ~.
func expandHome(name string) string {
	name = strings.TrimSpace(name)
	rest, found := strings.CutPrefix(name, "~/")
	home, err := os.UserHomeDir()
	if !found || err != nil {
		return name
	}
	return filepath.Join(home, rest)
}

// exported are the results in the order of the screen.
func (p *Many) exported() []exported {
	out := make([]exported, 0, len(p.results.order))
	for _, i := range p.results.order {
		out = append(out, exportedOf(p.results.all[i]))
	}
	return out
}

func exportedOf(r *result) exported {
	x, e := exported{DeviceID: r.device}, r.entry
	if e == nil {
		x.Error = "not called"
		return x
	}
	x.Method, x.Time = e.call.Name, e.began.UTC().Format(time.RFC3339Nano)
	x.DurationMS = float64(e.took) / float64(time.Millisecond)
	switch {
	case !e.ended:
		x.Error = "no answer yet"
	case e.trouble != nil:
		x.Error, x.TrackingID = e.trouble.sentence, e.trouble.trackingID
	default:
		status := e.result.Status
		x.Status, x.Payload = &status, e.result.Payload
	}
	return x
}

// bytes is the content of the file. In CSV nothing runs in a spreadsheet.
func (x *exporting) bytes() ([]byte, error) {
	var b bytes.Buffer
	if !x.csv {
		lines := json.NewEncoder(&b)
		lines.SetEscapeHTML(false)
		for _, row := range x.rows {
			if err := lines.Encode(row); err != nil {
				return nil, err
			}
		}
		return b.Bytes(), nil
	}
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"deviceId", "method", "time", "status", "durationMs", "payload", "error", "trackingId"})
	for _, row := range x.rows {
		status := ""
		if row.Status != nil {
			status = strconv.Itoa(*row.Status)
		}
		cells := []string{row.DeviceID, row.Method, row.Time, status, strconv.FormatFloat(row.DurationMS, 'f', -1, 64), string(row.Payload), row.Error, row.TrackingID}
		for i := range cells {
			cells[i] = recording.Harmless(cells[i])
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}
