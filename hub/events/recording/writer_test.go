package recording_test

import (
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hubscope/hub/events"
	"hubscope/hub/events/recording"
)

func record(t *testing.T, w *recording.Writer, from, to int64) {
	t.Helper()
	for n := from; n < to; n++ {
		if got, err := w.Write([]events.Event{event(n)}); got != 1 || err != nil {
			t.Fatalf("%d, %v", got, err)
		}
	}
}

func numbersIn(t *testing.T, path string) []int64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	numbers, damaged, torn, err := read(t, f)
	if len(damaged) > 0 || torn || err != nil {
		t.Errorf("%s: damaged %v, torn %t, %v", path, damaged, torn, err)
	}
	return numbers
}

func sequence(from, to int64) (all []int64) {
	for n := from; n < to; n++ {
		all = append(all, n)
	}
	return all
}

func TestWriterRotates(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "wind.jsonl")
	room := int64(3 * (len(line(1)) + 1))
	w, err := recording.Open(path, recording.Options{MaxBytes: room, Files: 3})
	if err != nil {
		t.Fatal(err)
	}
	record(t, w, 0, 20)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	if want := []string{"wind.0005.jsonl", "wind.0006.jsonl", "wind.jsonl"}; !slices.Equal(files, want) || w.Deleted() != 4 {
		t.Errorf("%v, %d deleted", files, w.Deleted())
	}
	var all []int64
	for _, name := range files {
		all = append(all, numbersIn(t, filepath.Join(dir, name))...)
		text, _ := os.ReadFile(filepath.Join(dir, name))
		if !strings.HasPrefix(string(text), `{"formatVersion":1,`) {
			t.Errorf("%s does not begin with its version", name)
		}
	}
	if got := len(all); all[got-1] != 19 || !reflect.DeepEqual(all, sequence(all[0], 20)) {
		t.Errorf("%v", all)
	}
}

func TestWriterGoesOnBehindATornLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wind.jsonl")
	for torn, want := range map[string][]int64{"": {0, 1, 2}, line(9)[:11]: {0, 1, 2}, line(9): {0, 9, 1, 2}} {
		if err := os.WriteFile(path, []byte(line(0)+"\n"+torn), 0o600); err != nil {
			t.Fatal(err)
		}
		w, err := recording.Open(path, recording.Options{})
		if err != nil {
			t.Fatal(err)
		}
		record(t, w, 1, 3)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got := numbersIn(t, path); !reflect.DeepEqual(got, want) {
			t.Errorf("torn %q: %v", torn, got)
		}
	}
}

func TestWriterLeavesOtherFilesAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.txt")
	for _, text := range []string{"my notes\n", "{}\n", "x", packed(line(1)), `{"formatVersion":9,"deviceId":"a"}` + "\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := recording.Open(path, recording.Options{}); !errors.Is(err, recording.ErrNotRecording) && !errors.Is(err, recording.ErrVersion) {
			t.Errorf("%q: %v", text, err)
		}
		if got, _ := os.ReadFile(path); string(got) != text {
			t.Errorf("%q was changed", text)
		}
	}
}

// gathered is a sink.
type gathered struct{ numbers []int64 }

func (g *gathered) Events(batch []events.Event) {
	for _, e := range batch {
		g.numbers = append(g.numbers, e.Sequence)
	}
}
func (g *gathered) State(events.PartitionState) {}

func TestFilesAreReadOldestFirst(t *testing.T) {
	dir := t.TempDir()
	names := []string{"b.jsonl", "a.jsonl.gz", "c.jsonl"}
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	var paths []string
	for i, name := range names {
		var text []byte
		for n := range int64(700) {
			e := event(int64(i)*1000 + n)
			e.Received = noon.Add(time.Duration(e.Sequence) * time.Second)
			text = append(recording.Append(text, &e), '\n')
		}
		if strings.HasSuffix(name, ".gz") {
			text = []byte(packed(string(text)))
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, append(text, "{torn"[:5*(i/2)]...), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append([]string{path}, paths...)
	}
	var sink gathered
	var told []string
	source := recording.Files{Paths: paths, Damaged: func(path string, err error) { told = append(told, filepath.Base(path)+": "+err.Error()) }}
	if err := source.Run(context.Background(), &sink); err != nil {
		t.Fatal(err)
	}
	want := append(append(sequence(0, 700), sequence(1000, 1700)...), sequence(2000, 2700)...)
	if !reflect.DeepEqual(sink.numbers, want) {
		t.Errorf("%d events: %v", len(sink.numbers), sink.numbers[:min(5, len(sink.numbers))])
	}
	if len(told) != 1 || told[0] != "c.jsonl: "+recording.ErrTorn.Error() {
		t.Errorf("%q", told)
	}
}

func TestCSV(t *testing.T) {
	var out strings.Builder
	c, err := recording.NewCSV(&out, []string{"body.windSpeed", "body"})
	if err != nil {
		t.Fatal(err)
	}
	e := event(7)
	e.Enqueued = time.Date(2026, 11, 22, 13, 3, 20, 112e6, time.UTC)
	e.Properties = map[string]any{"alarm": "1"}
	if err := errors.Join(c.Write(&e, []string{"14.1", `{"windSpeed":14.1}`}), c.Flush()); err != nil {
		t.Fatal(err)
	}
	const want = "enqueuedTime,receivedTime,deviceId,moduleId,partition,sequenceNumber,messageSource,messageId,correlationId,contentType,applicationProperties,body.windSpeed,body\n" +
		`2026-11-22T13:03:20.112Z,,wind-1,,0,7,,,,,"{""alarm"":""1""}",14.1,"{""windSpeed"":14.1}"` + "\n"
	if out.String() != want {
		t.Errorf("%s", out.String())
	}
}

// TestCSVRunsNothing: a cell that a spreadsheet would take for a formula is text, and numbers stay numbers.
func TestCSVRunsNothing(t *testing.T) {
	cells := map[string]string{
		`=cmd|'/c calc'!A0`: `'=cmd|'/c calc'!A0`, "+1+2": "'+1+2", "-1+2": "'-1+2", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1",
		"-5.25": "-5.25", "+3": "+3", "-1e-3": "-1e-3", "-": "'-", "": "", "a=b": "a=b", "'x": "'x", ":x": ":x", "[1,-2]": "[1,-2]",
	}
	for cell, want := range cells {
		var out strings.Builder
		c, err := recording.NewCSV(&out, []string{"a"})
		e := event(7)
		e.DeviceID = cell
		if err := errors.Join(err, c.Write(&e, []string{cell}), c.Flush()); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
		want = strings.ReplaceAll(want, "\r\n", "\n")
		if err != nil || rows[1][2] != want || rows[1][len(rows[1])-1] != want {
			t.Errorf("%q is %q and %q, %v", cell, rows[1][2], rows[1][len(rows[1])-1], err)
		}
	}
}
