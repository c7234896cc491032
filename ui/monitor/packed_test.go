package monitor

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/hub/events"
	"hubscope/ui/page"
	"hubscope/ui/uitest"
)

// zippedWinds are events whose bodies are compressed, but for every fifth.
func zippedWinds(from, to int) []events.Event {
	all := winds(from, to)
	for i := range all {
		if (from+i)%5 > 0 {
			all[i].Body, all[i].ContentEncoding = zip(all[i].Body), "gzip"
		}
	}
	return all
}

func zip(body []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(body) // to memory
	_ = w.Close()
	return out.Bytes()
}

// unpackAll takes all steps and does the work beside the screen, as the program would, until there is none.
func (f *fixture) unpackAll(cmd tea.Cmd) {
	var todo []tea.Msg
	for todo = collect(cmd); len(todo) > 0; todo = todo[1:] {
		mail, is := todo[0].(page.Envelope)
		if !is {
			continue
		}
		switch mail.Msg.(type) {
		case unpackedMsg, scanMsg, findMsg, figuresStepMsg:
			todo = append(todo, collect(f.Update(mail.Msg))...)
		}
	}
}

// TestFiltersReadPackedBodiesBesideTheScreen: what is packed is not shown before it was unpacked, by a command, and
// then in its place.
func TestFiltersReadPackedBodiesBesideTheScreen(t *testing.T) {
	f := tab(t)
	f.take(zippedWinds(0, 1000)...)
	shows := func(e *events.Event, n int) bool {
		return strings.Contains(string(wind(n).Body), "15.") && e.DeviceID != "wind-2"
	}
	f.press("/")
	cmd := f.Update(pasteOf(`body.windSpeed >= 15 and body.windSpeed < 16 and device != "wind-2"`))
	for f.scanning {
		f.Update(scanMsg{})
	}
	before := f.history.Len()
	f.unpackAll(cmd)
	all := zippedWinds(0, 1000)
	plain, want := 0, []uint64(nil)
	for n := range all {
		if shows(&all[n], n) {
			want = append(want, uint64(n))
			if n%5 == 0 {
				plain++
			}
		}
	}
	if before != plain || f.history.Len() != len(want) || !f.history.Done() {
		t.Fatalf("%d shown before, want %d; then %d, want %d; done %t", before, plain, f.history.Len(), len(want), f.history.Done())
	}
	for i, n := range want {
		if f.history.At(i) != n {
			t.Fatalf("event %d is %d, want %d", i, f.history.At(i), n)
		}
	}
	// What comes later is unpacked too, and what was unpacked a moment ago is not unpacked again.
	f.Page.take(zippedWinds(1000, 1100))
	f.unpackAll(f.unpack())
	if got := len(f.history.Unread(1)); got != 0 {
		t.Errorf("%d of what came later are unread", got)
	}
	grown := f.history.Len()
	f.press("esc", "/")
	f.unpackAll(f.Update(pasteOf(`body.windSpeed >= 15 and body.windSpeed < 16 and device != "wind-2"`)))
	if f.history.Len() != grown || grown <= len(want) {
		t.Errorf("%d shown, then %d", grown, f.history.Len())
	}
}

// TestSearchReadsPackedBodies: text that is only there when it is unpacked is found.
func TestSearchReadsPackedBodies(t *testing.T) {
	f := tab(t)
	f.take(zippedWinds(0, 50)...)
	f.press("ctrl+f")
	f.unpackAll(f.Update(pasteOf(`"deviceId":"wind-3"`)))
	if got := f.find.found.Len(); got != 16 {
		t.Errorf("%d found", got)
	}
	f.press("enter", "n")
}

// TestFiguresReadPackedBodies: values, count and chart.
func TestFiguresReadPackedBodies(t *testing.T) {
	f := tab(t)
	f.take(zippedWinds(0, 60)...)
	sees := func(what string, cmd tea.Cmd, texts ...string) {
		t.Helper()
		f.unpackAll(cmd)
		f.figures.Refresh()
		drawn := ansi.Strip(f.View())
		for _, text := range texts {
			if !strings.Contains(drawn, text) {
				t.Errorf("%s: no %q in\n%s", what, text, drawn)
			}
		}
	}
	key := func(name string) tea.Cmd { return f.Update(uitest.Key(name)) }
	key("v")
	key("right")
	sees("values", key("right"), "windSpeed", "13.83")
	key("right")
	sees("chart", key("right"), "body.windSpeed", "wind-1", "20")
}

// TestABombInTheListHoldsNothingUp: it is unpacked by commands only, and no more than is looked at.
func TestABombInTheListHoldsNothingUp(t *testing.T) {
	f := tab(t)
	bomb := wind(7)
	bomb.Body, bomb.ContentEncoding = zip(zip(bytes.Repeat([]byte("0"), 16<<20))), "gzip, gzip"
	f.take(bomb)
	f.press("/")
	cmd := f.Update(pasteOf("0000"))
	if f.history.Len() != 0 || f.history.Done() {
		t.Fatalf("%d shown before it was unpacked", f.history.Len())
	}
	f.unpackAll(cmd)
	if f.history.Len() != 1 || !f.history.Done() {
		t.Errorf("%d shown, done %t", f.history.Len(), f.history.Done())
	}
	f.press("enter")
	if got := copied(t, f, "d"); got != bomb.DeviceID {
		t.Errorf("copied %q", got)
	}
}

// TestTheTimeFromAMarkStandsInTheOpenEvent: also while the tab's head has no room for it.
func TestTheTimeFromAMarkStandsInTheOpenEvent(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 20)...)
	f.press("k", "b", "k", "k", "enter")
	drawn := ansi.Strip(f.View())
	if !strings.Contains(drawn, "From mark") || !strings.Contains(drawn, "since wind-") {
		t.Errorf("no time from the mark in\n%s", drawn)
	}
}

// TestRowsTellBodiesThatWereUnpacked: those that a filter asked for.
func TestRowsTellBodiesThatWereUnpacked(t *testing.T) {
	f := tab(t)
	f.take(zippedWinds(1, 5)...)
	if screen := ansi.Strip(f.View()); strings.Contains(screen, "windSpeed") {
		t.Fatalf("bodies are unpacked before somebody asked:\n%s", screen)
	}
	f.press("/")
	cmd := f.Update(pasteOf("body.windSpeed > 0"))
	for f.scanning {
		f.Update(scanMsg{})
	}
	f.unpackAll(cmd)
	if screen := ansi.Strip(f.View()); strings.Count(screen, `"windSpeed":`) != 4 {
		t.Errorf("not four bodies are told:\n%s", screen)
	}
}
