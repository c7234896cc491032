package monitor

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/events"
	"hubscope/hub/events/recording"
	"hubscope/ui/monitor/history"
	"hubscope/ui/page"
	"hubscope/ui/stream"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
	"hubscope/ui/widget"
)

// office is a page with what the root does for it: commands run, dialogs get the keys, reports are kept.
type office struct {
	*fixture
	t       *testing.T
	inbox   chan tea.Msg
	dialogs []page.Dialog
	reports []page.Report
}

func newOffice(t *testing.T) *office {
	t.Chdir(t.TempDir())
	return newOfficeHere(t)
}

// newOfficeHere stays in the folder of the test, where the golden files are.
func newOfficeHere(t *testing.T) *office {
	d := &office{fixture: newFixture(t, theme.Dark, uitest.Size{Width: 120, Height: 32}), t: t, inbox: make(chan tea.Msg, 100)}
	d.live(4)
	t.Cleanup(func() {
		d.feed = nil // nothing was opened
		d.Close()
	})
	return d
}

func (d *office) run(cmd tea.Cmd) {
	if cmd != nil {
		go func() { d.inbox <- cmd() }()
	}
}

func (d *office) key(names ...string) *office {
	for _, name := range names {
		if n := len(d.dialogs); n > 0 {
			cmd, done := d.dialogs[n-1].Update(uitest.Key(name))
			if done {
				d.dialogs = d.dialogs[:n-1]
			}
			d.run(cmd)
			continue
		}
		d.run(d.Update(uitest.Key(name)))
	}
	return d
}

// text replaces what is in the focused field.
func (d *office) text(text string) *office {
	top := d.dialogs[len(d.dialogs)-1]
	top.Update(tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl})
	for _, r := range text {
		top.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return d
}

// until handles what comes until something is so.
func (d *office) until(what string, so func() bool) *office {
	d.t.Helper()
	limit := time.After(20 * time.Second)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case msg := <-d.inbox:
			d.handle(msg)
		case <-look.C:
		case <-limit:
			d.t.Fatalf("%s did not come about; reports: %+v", what, d.reports)
		}
	}
	return d
}

func (d *office) handle(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.BatchMsg:
		for _, cmd := range msg {
			d.run(cmd)
		}
	case page.Envelope:
		d.run(d.Update(msg.Msg))
	case page.Report:
		d.reports = append(d.reports, msg)
	case page.OpenDialog:
		d.dialogs = append(d.dialogs, msg.Dialog)
	case page.CloseDialog:
		for i, open := range d.dialogs {
			if open == msg.Dialog {
				d.dialogs = append(d.dialogs[:i], d.dialogs[i+1:]...)
				break
			}
		}
	}
}

// asks waits for a dialog.
func (d *office) asks(title string) *office {
	d.t.Helper()
	return d.until("the dialog "+title, func() bool { return len(d.dialogs) > 0 && d.dialogs[len(d.dialogs)-1].Title() == title })
}

// says waits for a report and forgets those before.
func (d *office) says(severity page.Severity, parts ...string) *office {
	d.t.Helper()
	d.until(fmt.Sprintf("a report of %q", parts), func() bool {
		for i, r := range d.reports {
			found := r.Severity == severity
			for _, part := range parts {
				found = found && strings.Contains(r.Text, part)
			}
			if found {
				d.reports = d.reports[i+1:]
				return true
			}
		}
		return false
	})
	if severity == page.Success {
		d.until("the end of the dialogs", func() bool { return len(d.dialogs) == 0 })
	}
	return d
}

// eventsIn reads a recording, which must be whole.
func eventsIn(t *testing.T, path string) (all []events.Event) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := recording.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) && !r.Torn() {
			return all
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, e)
	}
}

// alone checks that nothing but these files is in the working directory.
func (d *office) alone(names ...string) {
	d.t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil || len(entries) != len(names) {
		d.t.Errorf("%v, %v, want %q", entries, err, names)
	}
	for _, name := range names {
		if _, err := os.Stat(name); err != nil {
			d.t.Error(err)
		}
	}
}

func TestExport(t *testing.T) {
	d := newOffice(t)
	d.take(winds(0, 10_000)...)
	d.run(d.setScope("wind-2"))
	d.until("the filter", func() bool { return d.history.Done() })

	d.key("x").asks("Export").key("l").asks("Export as lines of JSON").text("wind-2.jsonl").key("enter")
	d.says(page.Success, "3,333 events exported to wind-2.jsonl")
	got := eventsIn(t, "wind-2.jsonl")
	if first, last := got[0], got[len(got)-1]; len(got) != 3333 || first.MessageID != "message_1" || last.MessageID != "message_9997" || first.Properties["Property"] == nil || first.System == nil {
		t.Errorf("%d events, %+v to %+v", len(got), first, last)
	}

	// What is there is asked about, and stays when the answer is no.
	d.key("x").asks("Export").key("L").asks("Export as lines of JSON").text("wind-2.jsonl").key("enter").asks("Overwrite").key("esc").key("esc")
	if n := len(eventsIn(t, "wind-2.jsonl")); n != 3333 {
		t.Errorf("%d events: it was overwritten", n)
	}
	d.key("x").asks("Export").key("L").asks("Export as lines of JSON").text("wind-2.jsonl").key("enter").asks("Overwrite").key("y")
	d.says(page.Success, "10,000 events exported")
	if n := len(eventsIn(t, "wind-2.jsonl")); n != 10_000 || len(d.dialogs) > 0 {
		t.Errorf("%d events, %d dialogs", n, len(d.dialogs))
	}
	d.alone("wind-2.jsonl")

	d.key("x").asks("Export").key("l").asks("Export as lines of JSON").text("none/wind.jsonl").key("enter")
	d.says(page.Failure, "nothing was exported", "no such file or directory")
}

func TestExportAsCSV(t *testing.T) {
	d := newOffice(t)
	d.take(winds(0, 100)...)
	e := wind(100)
	e.Body = []byte{0, 0xff}
	d.take(e)
	d.key("x").asks("Export").key("c").asks("Export as CSV").text("all.csv.gz").key("tab").text("body.windSpeed, size,properties.Property, body").key("enter")
	d.says(page.Success, "101 events exported")
	file, err := os.Open("all.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(unpacked).ReadAll()
	if err != nil || len(rows) != 102 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	n := len(rows[0])
	if got := strings.Join(rows[0][n-4:], " "); got != "body.windSpeed size properties.Property body" {
		t.Errorf("headings %q", got)
	}
	if got := rows[101][n-4:]; got[0] != "" || got[1] != "2" || got[3] != "base64:AP8=" {
		t.Errorf("%q", got)
	}
	if got := rows[8]; got[2] != "wind-2" || got[n-2] != "PropMsg_7" || !strings.HasPrefix(got[n-1], `{"`) {
		t.Errorf("%q", got)
	}
}

func TestExportIsCancelled(t *testing.T) {
	d := newOffice(t)
	d.take(winds(0, 60_000)...)
	d.key("x").asks("Export").key("l").asks("Export as lines of JSON").text("a.jsonl").key("enter")
	d.until("the export", func() bool { return d.export != nil && d.export.count > 0 })
	if text := d.View(); !strings.Contains(text, "exporting ") {
		t.Errorf("the head says nothing of it:\n%s", text)
	}
	d.run(d.Update(cancelExportMsg{}))
	d.says(page.Info, "cancelled")
	d.alone()
}

// TestExportOfWhatFallsOut: what went before it could be written is said.
func TestExportOfWhatFallsOut(t *testing.T) {
	d := newOffice(t)
	d.keep(10_000)
	d.take(winds(0, 10_000)...)
	d.key("x").asks("Export").key("l").asks("Export as lines of JSON").text("a.jsonl").key("enter")
	d.until("the export", func() bool { return d.export != nil && d.export.next > 0 })
	next := d.export.next
	d.take(winds(10_000, 19_000)...)
	d.says(page.Warning, fmt.Sprintf("%s exported", widget.Plural(int(next)+1000, "event")), "had fallen out")
	if n := len(eventsIn(t, "a.jsonl")); n != int(next)+1000 {
		t.Errorf("%d events", n)
	}
}

func TestRecord(t *testing.T) {
	d := newOffice(t)
	d.take(winds(0, 10)...)
	d.key("R").asks("Record events").text("notes").key("enter")
	d.says(page.Success, "recording to notes")
	d.run(d.setScope("wind-1")) // hides, and is recorded all the same
	for n := 10; n < 1000; n += 10 {
		d.take(winds(n, n+10)...)
	}
	d.take(winds(500, 1000)...) // after a reconnect: comes twice
	if text := d.View(); !strings.Contains(text, "rec ") {
		t.Errorf("the head says nothing of it:\n%s", text)
	}
	d.key("R").says(page.Success, "990 events recorded in notes")
	got := eventsIn(t, "notes")
	for i, e := range got {
		if e.MessageID != fmt.Sprintf("message_%d", i+10) {
			t.Fatalf("event %d is %s", i, e.MessageID)
		}
	}
	// The end of the program writes what waits.
	d.key("R").asks("Record events").text("notes").key("enter").says(page.Success, "recording to notes")
	d.take(winds(1000, 1100)...)
	d.feed = nil
	d.Close()
	if n := len(eventsIn(t, "notes")); n != 1090 {
		t.Errorf("%d events", n)
	}
}

func TestRecordToAFileThatIsNone(t *testing.T) {
	d := newOffice(t)
	if err := os.WriteFile("notes.txt", []byte("mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.key("R").asks("Record events").text("notes.txt").key("enter")
	d.until("the refusal", func() bool { return strings.Contains(d.dialogs[0].View(80, 20), "is not a recording") })
	if d.record.run != nil {
		t.Error("it records")
	}
}

// TestARecordingThatCannotBeWritten is held, and goes on with nothing lost.
func TestARecordingThatCannotBeWritten(t *testing.T) {
	d := newOffice(t)
	d.o.RecordBytes = 5000
	if err := os.Mkdir("disk", 0o700); err != nil {
		t.Fatal(err)
	}
	d.key("R").asks("Record events").text("disk/a.jsonl").key("enter").says(page.Success, "recording to")
	if err := os.Rename("disk", "away"); err != nil {
		t.Fatal(err)
	}
	d.take(winds(0, 500)...)
	d.says(page.Failure, "recording is held at", "no such file")
	d.take(winds(500, 1000)...)
	if text := d.View(); !strings.Contains(text, "rec held at") {
		t.Errorf("the head does not say it:\n%s", text)
	}
	if what := d.Unsaved(); !strings.Contains(what, "not in the recording a.jsonl, which is held") {
		t.Errorf("what would be lost: %q", what)
	}
	d.key("R").says(page.Failure, "recording is held at")
	if err := os.Rename("away", "disk"); err != nil {
		t.Fatal(err)
	}
	d.key("R").until("all", func() bool { return d.record.failed == nil && d.record.run.written.Load() == 1000 })
	if what := d.Unsaved(); what != "" {
		t.Errorf("nothing would be lost, but %q", what)
	}
	d.key("R").says(page.Success, "1,000 events recorded")
	files, _ := filepath.Glob("disk/a.0*.jsonl")
	n := 0
	for _, file := range append(files, "disk/a.jsonl") {
		for _, e := range eventsIn(t, file) {
			if e.MessageID != fmt.Sprintf("message_%d", n) {
				t.Fatalf("%s: event %d is %s", file, n, e.MessageID)
			}
			n++
		}
	}
	if n != 1000 || len(files) < 10 {
		t.Errorf("%d events in %d files", n, len(files))
	}
}

// TestOpenARecording: the monitor without a hub.
func TestOpenARecording(t *testing.T) {
	var text []byte
	for _, e := range winds(0, 5000) {
		text = append(recording.Append(text, &e), '\n')
		if e.MessageID == "message_4000" {
			text = append(text, "nonsense\n"...)
		}
	}
	// Older ones behind newer ones: what was read again from the beginning.
	for _, e := range winds(0, 10) {
		text = append(recording.Append(text, &e), '\n')
	}
	path := filepath.Join(t.TempDir(), "wind.jsonl")
	if err := os.WriteFile(path, append(text, `{"devi`...), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := page.NewContext(t.Context(), theme.Mono)
	p := New(ctx, Options{Recording: []string{path}})
	defer p.Close()
	p.SetDocked(false)
	reports := make(chan page.Report, 100)
	app := uitest.Start(t, uitest.NewSolo(p, func(msg tea.Msg) {
		if r, ok := msg.(page.Report); ok && !r.Quiet {
			reports <- r
		}
	}), 120, 32)
	app.See("recording wind.jsonl", "▪ offline", "5,010 kept")
	if r := <-reports; !strings.Contains(r.Text, "wind.jsonl: line 4002 is damaged") {
		t.Errorf("%+v", r)
	}
	app.Press("/").Type("wind-2").Press("enter").See("3,340 hidden")
	app.Press("enter").See("message_", "windSpeed")
}

// dialogs are drawn as the root gives them room in 80x24.
func TestFileDialogs(t *testing.T) {
	for name, open := range map[string]func(d *office){
		"export":       func(d *office) { d.key("x").asks("Export") },
		"export-all":   func(d *office) { d.run(d.setScope("")); d.finish(); d.key("x").asks("Export") },
		"export-lines": func(d *office) { d.key("x").asks("Export").key("l").asks("Export as lines of JSON") },
		"export-csv":   func(d *office) { d.key("x").asks("Export").key("c").asks("Export as CSV") },
		"export-csv-wrong": func(d *office) {
			d.key("x").asks("Export").key("c").asks("Export as CSV").key("tab").text("body.windSpeed, wind")
		},
		"record":          func(d *office) { d.key("R").asks("Record events") },
		"record-rotating": func(d *office) { d.o.RecordBytes = 100 << 20; d.key("R").asks("Record events") },
		"open":            func(d *office) { d.run(d.recordingForm()); d.asks("Open a recording") },
		"recording":       func(d *office) { d.offline.files = []string{"/x/wind.jsonl", "b"}; d.key("t").asks("Recording") },
	} {
		for look, mode := range modes {
			t.Run(name+"-"+look, func(t *testing.T) {
				d := newOfficeHere(t)
				*d.ctx.Styles = theme.New(mode)
				d.take(winds(0, 100)...)
				d.scope = "wind-2"
				d.run(d.refilter())
				d.finish()
				open(d)
				size := uitest.Size{Width: 72, Height: 14}
				uitest.Golden(t, widget.Box(strings.Split(d.dialogs[0].View(size.Width, size.Height), "\n"), size.Width, size.Height), size)
			})
		}
	}
}

// BenchmarkExport is 100,000 events written while Update goes on: how long Update is held up is told.
func BenchmarkExport(b *testing.B) {
	for b.Loop() {
		f := &Page{ctx: page.NewContext(b.Context(), theme.Dark), history: history.New(stream.Limit{Items: 100_000})}
		f.Mailbox = f.ctx.NewMailbox()
		for n := range 100_000 {
			e := wind(n)
			f.history.Take(&e)
		}
		cmd := f.startExport(exportPlan{path: filepath.Join(b.TempDir(), "a.jsonl")})
		began, spans := time.Now(), []time.Duration(nil)
		for f.export != nil {
			answer := cmd().(page.Envelope).Msg
			start := time.Now()
			cmd = f.onExport(answer)
			spans = append(spans, time.Since(start))
		}
		slices.Sort(spans)
		b.ReportMetric(float64(spans[len(spans)/2].Microseconds())/1000, "median-Update-ms")
		b.ReportMetric(float64(spans[len(spans)-1].Microseconds())/1000, "longest-Update-ms")
		b.ReportMetric(100_000/time.Since(began).Seconds(), "events/s")
	}
}
