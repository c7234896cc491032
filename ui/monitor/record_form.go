package monitor

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/monitor/inspect"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// recordForm asks for the file to record to.
func (p *Page) recordForm() tea.Cmd {
	var form *widget.Form
	form = widget.NewForm(p.ctx.Styles, p.ctx.Keys, "Record events", "start recording", func(values []string) tea.Cmd {
		path := expandHome(values[0])
		form.Busy("opening " + path)
		return p.openRecord(path, form)
	}, widget.Field{
		Label: "File", Value: p.proposeFile("jsonl"), Limit: 400, Check: checkRecordFile,
		Hint: p.recordHint(),
	})
	return p.ctx.Send(page.OpenDialog{Dialog: form})
}

func (p *Page) recordHint() string {
	hint := "All events from now on, also those that filters hide. A recording that is there is gone on with."
	if p.o.RecordBytes > 0 {
		hint += " A new file is begun after " + inspect.SizeText(int(p.o.RecordBytes)) + "."
	}
	return hint
}

func checkRecordFile(name string) error {
	if strings.HasSuffix(name, ".gz") {
		return errors.New("a recording is compressed after it was written: leave .gz out")
	}
	return checkFile(name)
}

// checkFile looks at a name only, not at the disk.
func checkFile(name string) error {
	switch name = strings.TrimSpace(name); {
	case name == "":
		return errors.New("name a file")
	case strings.HasSuffix(name, string(filepath.Separator)):
		return errors.New("this is a folder: name a file in it")
	}
	return nil
}

// proposeFile is a name in the working directory that tells the time.
func (p *Page) proposeFile(ext string) string {
	return "events-" + p.ctx.Time().Format("20060102-150405") + "." + ext
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
