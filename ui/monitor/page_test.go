package monitor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/hub/events"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

func tab(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t, theme.Mono, uitest.Size{Width: 100, Height: 23}) // 20 rows
	f.live(3)
	return f
}

// underCursor is the message id of the event that the marker stands before.
func (f *fixture) underCursor() string {
	e := f.history.Event(f.list.cursor)
	if e == nil {
		return ""
	}
	return e.MessageID
}

// lastRow is the text of the lowest line that holds an event.
func (f *fixture) lastRow() string {
	lines := strings.Split(strings.TrimRight(ansi.Strip(f.View()), " \n"), "\n")
	return lines[len(lines)-1]
}

func TestFollowPauseAndFollowAgain(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 100)...)
	if !strings.Contains(f.lastRow(), "PropMsg_99") {
		t.Fatalf("the last row is %q while following", f.lastRow())
	}
	f.press("k", "k")
	if f.underCursor() != "message_97" {
		t.Errorf("two up from the newest is %s", f.underCursor())
	}
	before := strings.Join(strings.Split(f.View(), "\n")[3:], "\n")
	f.take(winds(100, 412)...)
	if after := strings.Join(strings.Split(f.View(), "\n")[3:], "\n"); after != before {
		t.Error("rows moved while paused")
	}
	if head := ansi.Strip(f.View()); !strings.Contains(head, "paused  +312 new") {
		t.Errorf("no count of what came meanwhile:\n%s", head)
	}
	f.press("G")
	if !strings.Contains(f.lastRow(), "PropMsg_411") || f.underCursor() != "message_411" {
		t.Errorf("G went to %q", f.lastRow())
	}
	if strings.Contains(ansi.Strip(f.View()), "new") {
		t.Error("there still is something new after G")
	}
}

func TestReachingTheNewestEventFollowsAgain(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 100)...)
	f.press("k", "k")
	f.take(winds(100, 102)...)
	f.press("j", "j") // the last that was there when the view was held
	if f.list.mode != scrolled || f.underCursor() != "message_99" {
		t.Fatalf("at %s, mode %v", f.underCursor(), f.list.mode)
	}
	f.press("j", "j")
	if f.list.mode != following || f.underCursor() != "message_101" {
		t.Errorf("at %s, mode %v, want to follow from message_101", f.underCursor(), f.list.mode)
	}
}

func TestSpacePausesWhateverOneMoves(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 3)...) // fewer than fit: what is new must not fill the room below
	f.press("space")
	f.take(winds(3, 6)...)
	if text := ansi.Strip(f.View()); !strings.Contains(text, "+3 new") || strings.Contains(text, "PropMsg_3") {
		t.Errorf("paused, and yet:\n%s", text)
	}
	f.press("j", "j", "j", "j")
	if f.list.mode != paused || f.underCursor() != "message_5" {
		t.Errorf("at %s, mode %v", f.underCursor(), f.list.mode)
	}
	f.press("space")
	f.take(winds(6, 7)...)
	if f.list.mode != following || f.underCursor() != "message_6" {
		t.Errorf("at %s, mode %v after the second space", f.underCursor(), f.list.mode)
	}
}

func TestMovingByPagesAndToTheEnds(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 100)...)
	f.press("g")
	if f.underCursor() != "message_0" || !strings.Contains(ansi.Strip(f.View()), "PropMsg_0 ") {
		t.Errorf("g went to %s", f.underCursor())
	}
	f.press("pgdown")
	if f.underCursor() != "message_19" {
		t.Errorf("a page of 20 rows down from the first is %s", f.underCursor())
	}
	f.press("pgup", "ctrl+d")
	if f.underCursor() != "message_9" {
		t.Errorf("half a page down is %s", f.underCursor())
	}
	f.Update(uitest.Wheel(5, 5, true))
	if from, _, _ := f.list.window(); from != 3 {
		t.Errorf("the wheel went to row %d, want 3", from)
	}
	f.Update(uitest.Wheel(5, 5, false))
	f.Update(uitest.Click(5, 3+4))
	if f.underCursor() != "message_4" {
		t.Errorf("a click on the fifth row chose %s", f.underCursor())
	}
	for range 10 {
		f.press("pgdown")
	}
	if f.list.mode != following {
		t.Error("paging to the end does not follow again")
	}
}

func TestTheCursorStaysOnItsEventWhileOthersFallOut(t *testing.T) {
	f := tab(t)
	f.keep(100)
	f.take(winds(0, 100)...)
	f.press("g", "pgdown", "pgdown", "pgdown") // message_57
	at := f.underCursor()
	f.take(winds(100, 140)...)
	if f.underCursor() != at {
		t.Errorf("the cursor went from %s to %s", at, f.underCursor())
	}
	f.take(winds(140, 190)...)
	if f.underCursor() != "message_90" {
		t.Errorf("its event is gone: the cursor is at %s, want the oldest one", f.underCursor())
	}
	f.take(winds(190, 900)...)
	if text := ansi.Strip(f.View()); !strings.Contains(text, "PropMsg_8") || !strings.Contains(text, "800 fell out") {
		t.Errorf("all that was held has fallen out:\n%s", text)
	}
}

func TestFilterHidesAndNeverDrops(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 99)...)
	f.press("/")
	if !f.CapturesText() {
		t.Fatal("/ does not take text")
	}
	f.typed("wind-2")
	if f.history.Len() != 33 || f.history.Hidden() != 66 {
		t.Errorf("%d shown, %d hidden of 99", f.history.Len(), f.history.Hidden())
	}
	f.press("enter")
	f.take(winds(99, 105)...)
	if f.history.Len() != 35 || f.history.Hidden() != 70 || f.history.Kept() != 105 {
		t.Errorf("%d shown, %d hidden after 6 more", f.history.Len(), f.history.Hidden())
	}
	f.press("esc")
	if f.history.Len() != 105 || f.history.Hidden() != 0 {
		t.Errorf("%d shown, %d hidden with the filter away", f.history.Len(), f.history.Hidden())
	}
}

func TestFilterKeepsTheCursorWhenItsEventIsStillShown(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 99)...)
	f.press("g", "j", "j", "j", "j") // message_4, of wind-2
	f.press("/")
	f.typed("wind-2")
	f.press("enter")
	if f.underCursor() != "message_4" {
		t.Errorf("the cursor went to %s", f.underCursor())
	}
	f.press("esc")
	if f.underCursor() != "message_4" {
		t.Errorf("the cursor went to %s when the filter was taken away", f.underCursor())
	}
}

func TestAnUnfinishedFilterSaysWhatIsWrongAndChangesNothing(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 30)...)
	f.press("/")
	f.typed(`"wind`)
	if text := ansi.Strip(f.View()); !strings.Contains(text, "quote is not closed") {
		t.Errorf("nothing said:\n%s", text)
	}
	if f.history.Len() != 30 {
		t.Errorf("%d of 30 shown", f.history.Len())
	}
	f.press("enter")
	if !f.CapturesText() {
		t.Error("enter accepted a filter that makes no sense")
	}
}

func TestScopeFollowsTheSelectedDevice(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 99)...)
	f.Update(page.FollowDevice{DeviceID: "wind-3"})
	if f.history.Len() != 33 || !strings.Contains(ansi.Strip(f.View()), "wind-3   ● following") {
		t.Errorf("%d events of one device:\n%s", f.history.Len(), ansi.Strip(f.View()))
	}
	f.Update(page.FollowDevice{})
	if f.history.Len() != 99 {
		t.Errorf("%d events of all devices", f.history.Len())
	}
	f.press("a") // wind-3 is under the cursor: the newest event is its
	if f.scope != "wind-3" || f.SelectedDevice() != "wind-3" {
		t.Errorf("a chose %q", f.scope)
	}
	f.press("esc")
	if f.scope != "" {
		t.Error("esc left the scope")
	}
}

func TestAFilterIsAppliedInShortSteps(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 30_000)...)
	f.press("/")
	cmd := f.Update(uitest.Key("7"))
	if first := f.list.len(); first < f.list.rows {
		t.Errorf("%d rows right after the key, want a screen of the newest", first)
	}
	steps := 0
	for ; !f.history.Done(); steps++ {
		msgs := collect(cmd)
		i := slices.IndexFunc(msgs, func(m tea.Msg) bool { e, ok := m.(page.Envelope); return ok && e.Msg == scanMsg{} })
		if i < 0 {
			t.Fatalf("after %d steps nobody goes on", steps)
		}
		cmd = f.Update(scanMsg{})
	}
	want := 0
	for n := range 30_000 {
		if e := kept(wind(n)); f.applied.Shows(&e) {
			want++
		}
	}
	if f.history.Len() != want {
		t.Errorf("%d events shown, want %d", f.history.Len(), want)
	}
	if i := f.history.At(0); i > 1000 {
		t.Errorf("the oldest one shown is number %d", i)
	}
}

func TestOpenEvent(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 50)...)
	f.press("enter")
	text := ansi.Strip(f.View())
	for _, want := range []string{"windSpeed", "(was ", "body.deviceId", "2026-11-22T13:01:43.", "wind-2", "telemetry", "JSON 39 B"} {
		if !strings.Contains(text, want) {
			t.Errorf("an open event does not show %q:\n%s", want, text)
		}
	}
	f.take(winds(50, 60)...)
	if f.inspector.Event.MessageID != "message_49" {
		t.Errorf("%s is open after more came", f.inspector.Event.MessageID)
	}
	f.press(">", ">")
	if text := ansi.Strip(f.View()); !strings.Contains(text, "PropMsg_49") {
		t.Errorf("no properties:\n%s", text)
	}
	f.press(">")
	if text := ansi.Strip(f.View()); !strings.Contains(text, "correlation_49") {
		t.Errorf("no system properties:\n%s", text)
	}
	f.press("tab", "k")
	if f.inspector.Event.MessageID != "message_48" {
		t.Errorf("moving in the list opened %s", f.inspector.Event.MessageID)
	}
	f.press("esc")
	if f.inspector.Opened || f.list.mode == following {
		t.Errorf("open %t, mode %v after closing an event that the cursor was moved to", f.inspector.Opened, f.list.mode)
	}
	f.press("G", "enter", "esc")
	if f.list.mode != following {
		t.Error("closing the newest event does not follow again")
	}
}

func TestOpenEventStaysWhenItFallsOut(t *testing.T) {
	f := tab(t)
	f.keep(10)
	f.take(winds(0, 10)...)
	f.press("enter")
	f.take(winds(10, 100)...)
	if !strings.Contains(ansi.Strip(f.View()), "message_9") {
		t.Errorf("the open event is gone:\n%s", ansi.Strip(f.View()))
	}
}

func TestThePaneOpensAnEventOnTheTab(t *testing.T) {
	f := tab(t)
	f.SetDocked(true)
	f.SetSize(100, 8)
	f.take(winds(0, 50)...)
	msgs := f.press("enter")
	if !slices.Contains(msgs, tea.Msg(page.ShowTab{Tab: page.Monitor})) {
		t.Fatalf("enter in the pane answers %v", msgs)
	}
	f.SetDocked(false)
	f.SetSize(100, 23)
	if !strings.Contains(ansi.Strip(f.View()), "message_49") {
		t.Errorf("not open on the tab:\n%s", ansi.Strip(f.View()))
	}
	if msgs := f.press("esc"); !slices.Contains(msgs, tea.Msg(page.ShowTab{Tab: page.Devices})) {
		t.Errorf("esc does not go back to where it was opened: %v", msgs)
	}
}

func TestHugeBodies(t *testing.T) {
	const size = 256 << 10
	for name, body := range map[string]string{
		"one string":    `{"a":"` + strings.Repeat("x", size) + `"}`,
		"wide string":   `{"a":"` + strings.Repeat("世界", size/6) + `"}`,
		"many numbers":  "[" + strings.Repeat("1,", size/2-1) + "1]",
		"deep":          strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"controls":      strings.Repeat("\x1b[2J\u202e", size/7),
		"combining":     "e" + strings.Repeat("\u0301", size/2),
		"binary":        strings.Repeat("\x00\xff", size/2),
		"one long line": strings.Repeat("word ", size/5),
	} {
		t.Run(name, func(t *testing.T) {
			f := tab(t)
			e := wind(1)
			e.Body = []byte(body)
			f.take(e)
			f.press("enter")
			f.press("pgdown", "G", "H", "L", "G", "T", "G", ">", ">", ">", ">", "G", ">", "G")
			uitest.CheckSize(t, f.View(), uitest.Size{Width: 100, Height: 23})
		})
	}
}

func TestCopy(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 5)...)
	msgs := f.press("y")
	if len(msgs) != 1 {
		t.Fatalf("y answers %v", msgs)
	}
	menu := msgs[0].(page.OpenDialog).Dialog
	for key, want := range map[string]string{"b": `{"deviceId":"wind-2","windSpeed":`, "i": "message_4", "d": "wind-2", "e": `"sequenceNumber": 501`} {
		cmd, done := menu.Update(uitest.Key(key))
		if !done || cmd == nil {
			t.Fatalf("%s in the menu does nothing", key)
		}
		answers := fmt.Sprint(collect(cmd))
		if !strings.Contains(answers, want) || !strings.Contains(answers, "copied") {
			t.Errorf("%s copies %s, want %s", key, answers, want)
		}
	}
}

func TestWholeEventAsJSON(t *testing.T) {
	for body, want := range map[string]string{
		`{"a":1}`: `"a": 1`, "plain": `"body": "plain"`, "\x00\xff": `"bodyBase64": "AP8="`,
	} {
		e := kept(wind(1))
		e.Body = []byte(body)
		text, err := eventJSON(&e)
		if err != nil || !strings.Contains(text, want) {
			t.Errorf("body %q: %v\n%s", body, err, text)
		}
	}
}

func TestTheSameEventTwiceIsShownOnce(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 30)...)
	f.take(winds(10, 40)...)
	if f.history.Kept() != 40 {
		t.Errorf("%d events of 40", f.history.Kept())
	}
	anew := wind(0) // the hub was made anew: numbers start again, time does not
	anew.Enqueued = noon.Add(time.Hour)
	f.take(anew)
	if f.history.Kept() != 41 {
		t.Error("an event of a new hub was taken for an old one")
	}
}

func TestPasteGoesToTheFilter(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 30)...)
	f.press("/")
	f.Update(tea.PasteMsg{Content: "wind-1"})
	if f.applied.Text != "wind-1" {
		t.Errorf("filter %q after a paste", f.applied.Text)
	}
}

// TestStory runs the page in a program, with a source that does what a hub may do.
func TestStory(t *testing.T) {
	var mu sync.Mutex
	var opened []string
	sinks := make(chan events.Sink, 8)
	refuse := make(chan error)
	ctx := page.NewContext(t.Context(), theme.Mono)
	p := New(ctx, Options{Open: func(what Reading) (Source, error) {
		mu.Lock()
		defer mu.Unlock()
		opened = append(opened, fmt.Sprint(what.Start, len(what.Starts)))
		return scripted{func(ctx context.Context, sink events.Sink) error {
			sinks <- sink
			select {
			case <-ctx.Done():
				return nil
			case err := <-refuse:
				return err
			}
		}}, nil
	}})
	t.Cleanup(p.Close)
	dialogs := make(chan page.Dialog, 1)
	reports := make(chan page.Report, 8)
	app := uitest.Start(t, uitest.NewSolo(p, func(msg tea.Msg) {
		switch msg := msg.(type) {
		case page.OpenDialog:
			dialogs <- msg.Dialog
		case page.Report:
			reports <- msg
		}
	}), 120, 32)

	app.See("Connecting to the event stream")
	sink := <-sinks
	sink.State(events.PartitionState{Partition: "0", Phase: events.Connecting, Total: 2})
	sink.State(events.PartitionState{Partition: "1", Phase: events.Live, Total: 2})
	app.See("1/2 live", "No events yet")
	sink.State(events.PartitionState{Partition: "0", Phase: events.Live, Total: 2})
	sink.Events(winds(0, 5))
	app.See("2/2 live", "PropMsg_4", "5 kept")

	app.Press("/").Type("wind-3").Press("enter").See("/wind-3", "4 hidden")
	sink.State(events.PartitionState{Partition: "1", Phase: events.Retrying, RetryIn: time.Hour, Attempt: 2, Err: errLost, Total: 2})
	app.See("p1 retry in 3600 s, attempt 2: the connection to localhost was lost")

	refuse <- &events.Error{Kind: events.ErrUnauthorized, Subject: "localhost"}
	app.See("stopped", "localhost refused the key")
	if r := <-reports; r.Severity != page.Failure || !strings.Contains(r.Text, "refused the key") {
		t.Errorf("reported %+v", r)
	}
	app.Press("r")
	sink = <-sinks
	sink.State(events.PartitionState{Partition: "1", Phase: events.Live, Total: 1})
	app.See("5 kept", "4 hidden", "1/1 live")

	app.Press("t")
	cmd, _ := (<-dialogs).Update(uitest.Key("b"))
	app.Send(cmd())
	sink = <-sinks
	app.See("from the beginning", "0 kept", "/wind-3")
	sink.Events(winds(0, 9))
	app.See("3", "6 hidden", "PropMsg_8")

	mu.Lock()
	defer mu.Unlock()
	if len(opened) != 3 || opened[0] != "from now 0" || opened[1] != "from now 3" || opened[2] != "from the beginning 0" {
		t.Errorf("opened %q", opened)
	}
}

func TestASourceThatCannotBeOpened(t *testing.T) {
	p := New(page.NewContext(t.Context(), theme.Mono), Options{
		Open: func(Reading) (Source, error) { return nil, errors.New("no hub to read from") },
	})
	t.Cleanup(p.Close)
	uitest.Start(t, uitest.NewSolo(p, nil), 100, 30).See("The stream has stopped: no hub to read from", "tries again")
}

func TestCommandsOfThePalette(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 50)...)
	f.press("k", "k")
	run := func(name string) {
		t.Helper()
		for _, c := range f.Commands() {
			if c.Name == name {
				for _, msg := range collect(c.Run()) {
					f.Update(msg.(page.Envelope).Msg)
				}
				return
			}
		}
		t.Fatalf("no command %q", name)
	}
	run("events follow")
	if f.list.mode != following {
		t.Error("the view does not follow")
	}
	run("events clear")
	if text := ansi.Strip(f.View()); f.history.Kept() != 0 || !strings.Contains(text, "No events yet") {
		t.Errorf("%d events after clear:\n%s", f.history.Kept(), text)
	}
	f.take(winds(0, 60)...)
	if f.history.Kept() != 10 || f.underCursor() != "message_59" {
		t.Errorf("%d events, at %s: what was cleared must not come back", f.history.Kept(), f.underCursor())
	}
	run("events from the beginning")
	if f.start.key != "b" || len(f.seen) != 0 {
		t.Errorf("starts %s, and knows %d partitions", f.start.words, len(f.seen))
	}
}

func TestAStaleLagIsNotShown(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 5)...)
	f.second()
	if text := ansi.Strip(f.View()); !strings.Contains(text, "38 ms") {
		t.Errorf("no lag:\n%s", text)
	}
	for range 12 {
		f.second()
	}
	if text := ansi.Strip(f.View()); strings.Contains(text, "38 ms") {
		t.Error("the lag of events long gone is still shown")
	}
}
