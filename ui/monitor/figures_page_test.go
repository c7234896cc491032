package monitor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"hubscope/hub/events"
	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/figures"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

// plain is what can be read on the screen.
func (f *fixture) plain() string { return ansi.Strip(f.View()) }

// numbered is a message of a simulated device that numbers its messages.
func numbered(n int, number int) events.Event {
	e := wind(n)
	e.Properties["hubscope-run"], e.Properties["hubscope-seq"] = "5f0c21aa", fmt.Sprint(number)
	return e
}

// figuresFixture has events of three devices, of which one loses a message, one sends one twice and one is late.
func figuresFixture(f *fixture) {
	f.live(3)
	for n := range 200 {
		number := n/3 + 1
		switch n {
		case 90:
			continue
		case 91:
			f.take(numbered(n, number-1))
			continue
		case 95:
			number = n/3 + 2
		case 98:
			number = n / 3
		}
		f.take(numbered(n, number))
		if n%10 == 9 {
			f.second()
		}
	}
	f.clock.now = noon
	f.second()
}

var figureScenes = []struct {
	name string
	play func(f *fixture)
}{
	{"empty", func(f *fixture) { f.live(4); f.press("v") }},
	{"empty-chart", func(f *fixture) { f.live(4); f.press("v", "left", "left") }},
	{"devices", func(f *fixture) { figuresFixture(f); f.press("v") }},
	{"partitions", func(f *fixture) { figuresFixture(f); f.press("v", "right") }},
	{"values", func(f *fixture) { figuresFixture(f); f.press("v", "right", "right") }},
	{"count", func(f *fixture) { figuresFixture(f); f.press("v", "right", "right", "right", "g") }},
	{"chart", func(f *fixture) { figuresFixture(f); f.press("v", "left", "left", "+") }},
	{"chart-one-device", func(f *fixture) {
		figuresFixture(f)
		f.press("v", "left", "left", "+")
		f.Update(page.FollowDevice{DeviceID: "wind-2"})
		f.countAll()
	}},
	{"proof", func(f *fixture) { figuresFixture(f); f.press("v", "left") }},
	{"no-proof", func(f *fixture) { f.live(4); f.take(winds(0, 20)...); f.second(); f.press("v", "left") }},
	{"marks", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.second()
		f.press("up", "up", "b", "up", "up", "up", "b", "up")
	}},
}

func TestFigures(t *testing.T) {
	for _, scene := range figureScenes {
		for _, size := range uitest.Sizes {
			for name, mode := range modes {
				if name != "dark" && size != uitest.Sizes[1] {
					continue
				}
				t.Run(fmt.Sprintf("%s-%dx%d-%s", scene.name, size.Width, size.Height, name), func(t *testing.T) {
					room := uitest.Size{Width: size.Width, Height: size.Height - 4}
					f := newFixture(t, mode, room)
					scene.play(f)
					f.finish()
					uitest.Golden(t, f.View(), room)
				})
			}
		}
	}
}

func TestFiguresInEverySize(t *testing.T) {
	for _, scene := range figureScenes {
		f := newFixture(t, theme.Dark, uitest.Size{Width: 80, Height: 24})
		scene.play(f)
		e := wind(200)
		e.Body = tricky[:len(tricky)-1]
		e.DeviceID = "wind\x1b[7m\u202e"
		f.take(e)
		f.second()
		for range 6 {
			f.press("right")
			for width := 1; width < 150; width += 11 {
				for height := 1; height < 40; height += 5 {
					f.SetSize(width, height)
					frame := f.View()
					uitest.CheckSize(t, frame, uitest.Size{Width: width, Height: height})
					if strings.ContainsAny(frame, "\x07\u202e\u200b") {
						t.Fatalf("%s at %dx%d lets outside text through", scene.name, width, height)
					}
				}
			}
		}
	}
}

// TestFiguresOpenAndClose: they go where there is room, and leave what was there as it was.
func TestFiguresOpenAndClose(t *testing.T) {
	f := newFixture(t, theme.Mono, uitest.Size{Width: 80, Height: 20})
	f.live(3)
	f.take(winds(0, 60)...)
	f.second()
	before := f.plain()
	f.press("v")
	if frame := f.plain(); !strings.Contains(frame, "Partitions") || strings.Contains(frame, "windSpeed") {
		t.Errorf("on a small screen they do not take the place of the list:\n%s", frame)
	}
	f.press("esc")
	if f.plain() != before {
		t.Errorf("after closing:\n%s", f.plain())
	}
	f.SetSize(140, 40)
	f.press("v", "tab", "up", "up")
	if f.list.mode != scrolled || !f.figures.Opened || f.figures.Focused {
		t.Error("with the focus on the list, up does not move in it")
	}
	f.press("enter")
	if f.figures.Opened || !f.inspector.Opened {
		t.Error("opening an event does not close the figures")
	}
	path, _ := field.Parse("body.windSpeed")
	f.chartField(path)
	if frame := f.plain(); !strings.Contains(frame, "body.windSpeed") || !strings.Contains(frame, "wind-3") {
		t.Errorf("no chart of the field:\n%s", frame)
	}
	if f.press("v"); !f.inspector.Opened || !f.inspector.Focused {
		t.Error("the event is not there again")
	}
}

// TestFiguresCatchUp: what came while they were hidden is counted when they are seen again.
func TestFiguresCatchUp(t *testing.T) {
	f := newFixture(t, theme.Mono, uitest.Size{Width: 170, Height: 36})
	f.keep(1000)
	f.take(winds(0, 100)...)
	f.press("v", "right", "right", "right")
	see := func(want string) {
		t.Helper()
		for range 100 {
			f.Update(figuresStepMsg{})
		}
		f.second()
		if frame := f.plain(); !strings.Contains(frame, want) {
			t.Errorf("no %q in\n%s", want, frame)
		}
	}
	see("3 values in 100 events")
	f.press("v")
	f.take(winds(100, 900)...)
	f.press("v")
	see("3 values in 900 events")
	f.press("v")
	f.take(winds(900, 2500)...)
	f.press("v")
	see("3 values in 1,900 events")
	see("600 fell out before they were read")
}

// TestPickAField: a field is typed, or taken from those that events have.
func TestPickAField(t *testing.T) {
	f := newFixture(t, theme.Mono, uitest.Size{Width: 120, Height: 36})
	f.take(winds(0, 30)...)
	f.second()
	f.press("v", "left", "left", "left")
	var dialog page.Dialog
	for _, msg := range f.press("e") {
		if open, is := msg.(page.OpenDialog); is {
			dialog = open.Dialog
		}
	}
	if dialog == nil {
		t.Fatal("no dialog")
	}
	view := func() string { return ansi.Strip(dialog.View(100, 20)) }
	if frame := view(); !strings.Contains(frame, "body.windSpeed") || !strings.Contains(frame, "properties.Property") {
		t.Errorf("fields that there are are not offered:\n%s", frame)
	}
	for _, r := range "Prop" {
		dialog.Update(uitest.Key(string(r)))
	}
	if frame := view(); strings.Contains(frame, "windSpeed") || !strings.Contains(frame, "▸ properties.Property") {
		t.Errorf("typing does not narrow:\n%s", frame)
	}
	cmd, done := dialog.Update(uitest.Key("enter"))
	if !done {
		t.Fatal("the dialog stays")
	}
	for _, msg := range collect(cmd) {
		f.Update(msg.(page.Envelope).Msg)
	}
	if frame := f.plain(); !strings.Contains(frame, "by properties.Property   30 values in 30 events") {
		t.Errorf("not counted by it:\n%s", frame)
	}
}

// TestFiguresScope: enter on a device shows only that one, and all again.
func TestFiguresScope(t *testing.T) {
	f := newFixture(t, theme.Mono, uitest.Size{Width: 120, Height: 36})
	f.take(winds(0, 30)...)
	f.second()
	enter := func() {
		for _, msg := range f.press("enter") {
			if e, is := msg.(page.Envelope); is {
				if scope, is := e.Msg.(figures.ScopeMsg); is {
					f.Update(scope)
				}
			}
		}
	}
	f.press("v", "down")
	if enter(); f.scope != "wind-2" || f.history.Len() != 10 {
		t.Errorf("scope %q, %d shown", f.scope, f.history.Len())
	}
	if enter(); f.scope != "" {
		t.Errorf("scope %q", f.scope)
	}
}

// TestMarks is a story: mark two events, filter, jump, and read the time between.
func TestMarks(t *testing.T) {
	f := newFixture(t, theme.Mono, uitest.Size{Width: 140, Height: 36})
	f.keep(100)
	f.take(winds(0, 30)...)
	f.press("up", "b")
	first := f.list.cursor
	f.press("up", "up", "up", "up", "b")
	second := f.list.cursor
	see := func(want string) {
		t.Helper()
		if frame := f.plain(); !strings.Contains(frame, want) {
			t.Errorf("no %q in\n%s", want, frame)
		}
	}
	see("▌▸ ")
	see("-2.560 s between marks")
	f.press("up")
	see("-640 ms from mark")
	if f.press("]", "]"); f.list.cursor != first {
		t.Errorf("the cursor is at %d, want %d", f.list.cursor, first)
	}
	if f.press("["); f.list.cursor != second {
		t.Errorf("the cursor is at %d, want %d", f.list.cursor, second)
	}
	f.press("/")
	f.typed("wind-" + f.history.Event(first).DeviceID[5:])
	f.press("enter")
	if !f.marks.has(first) || !f.marks.has(second) {
		t.Error("a filter takes marks away")
	}
	if f.press("g", "]"); f.list.cursor != first {
		t.Errorf("among the filtered, the cursor is at %d, want %d", f.list.cursor, first)
	}
	told := f.press("]")
	if len(told) != 1 || !strings.Contains(told[0].(page.Report).Text, "no mark after this event, 1 mark hidden by filters") {
		t.Errorf("told %+v", told)
	}
	var names []string
	for _, c := range f.Commands() {
		if strings.HasPrefix(c.Name, "mark") {
			names = append(names, c.Name)
		}
	}
	if len(names) != 3 || !strings.HasSuffix(names[0], f.history.Event(first).DeviceID) || names[2] != "marks clear" {
		t.Errorf("commands %q", names)
	}
	f.take(winds(30, 200)...) // all that was marked falls out
	if len(f.marks.numbers) != 0 || f.marks.set != 0 || strings.Contains(f.plain(), "▌") || strings.Contains(f.plain(), "mark") {
		t.Errorf("marks of events that are gone: %+v\n%s", f.marks, f.plain())
	}
}
