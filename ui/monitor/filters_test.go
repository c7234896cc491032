package monitor

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/monitor/filter"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
	"hubscope/ui/widget"
)

// desk is a page with the dialogs that it opens, driven by hand: keys go to the topmost dialog, as in the program, and
// answers to the page at once.
type desk struct {
	*fixture
	t       *testing.T
	dialogs []page.Dialog
	reports []page.Report
}

func newDesk(t *testing.T, mode theme.Mode, size uitest.Size, file string) *desk {
	d := &desk{fixture: newFixture(t, mode, size), t: t}
	d.filters.file = file
	d.ctx.Deliver = func(msg tea.Msg) { d.deliver(msg) }
	d.run(d.loadFilters())
	return d
}

func (d *desk) deliver(msg tea.Msg) {
	switch msg := msg.(type) {
	case page.OpenDialog:
		d.dialogs = append(d.dialogs, msg.Dialog)
	case page.Report:
		d.reports = append(d.reports, msg)
	case page.Envelope:
		d.run(d.Update(msg.Msg))
	}
}

func (d *desk) run(cmd tea.Cmd) {
	for _, msg := range collect(cmd) {
		d.deliver(msg)
	}
}

func (d *desk) top() page.Dialog {
	if len(d.dialogs) == 0 {
		return nil
	}
	return d.dialogs[len(d.dialogs)-1]
}

func (d *desk) give(msg tea.Msg) {
	top := d.top()
	if top == nil {
		d.run(d.Update(msg))
		return
	}
	cmd, done := top.Update(msg)
	if done {
		for i := range d.dialogs {
			if d.dialogs[i] == top {
				d.dialogs = append(d.dialogs[:i], d.dialogs[i+1:]...)
				break
			}
		}
	}
	d.run(cmd)
}

// press presses keys; what is longer than the name of a key is typed.
func (d *desk) press(names ...string) *desk {
	for _, name := range names {
		d.give(uitest.Key(name))
	}
	return d
}

func (d *desk) typed(text string) *desk {
	for _, r := range text {
		d.give(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return d
}

// screen is what can be read: the page, or the dialog.
func (d *desk) screen() string {
	if top := d.top(); top != nil {
		return top.Title() + "\n" + ansi.Strip(top.View(100, 30))
	}
	return ansi.Strip(d.View())
}

func (d *desk) see(texts ...string) *desk {
	d.t.Helper()
	for _, text := range texts {
		if !strings.Contains(d.screen(), text) {
			d.t.Errorf("%q is not on the screen:\n%s", text, d.screen())
		}
	}
	return d
}

func (d *desk) notSee(texts ...string) *desk {
	d.t.Helper()
	for _, text := range texts {
		if strings.Contains(d.screen(), text) {
			d.t.Errorf("%q is on the screen:\n%s", text, d.screen())
		}
	}
	return d
}

func TestFiltersWithNames(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hubscope", "filters.toml")
	d := newDesk(t, theme.Dark, uitest.Sizes[1], file)
	d.live(4)
	d.take(winds(0, 200)...)

	storms, third, both := 0, 0, 0
	for n := range 200 {
		storm, is3 := n*37%400 > 300, n%3 == 2
		storms += count(storm)
		third += count(is3)
		both += count(storm && !is3)
	}
	n := func(format string, numbers ...any) string { return fmt.Sprintf(format, numbers...) }

	// Make one from nothing.
	d.press("F").see("No filters yet", "n makes one")
	d.press("n").see("New filter", "filter 1", "type what it is to look for").notSee("✗")
	d.press("enter").see("✗ what it is to look for is missing").press("esc").press("n").notSee("✗")
	d.press("ctrl+u").see("a filter needs a name")
	d.typed("storms").press("tab").typed("body.windSpeed >").see("^", "✗ something is missing here")
	d.typed(" 15").see(n("lets %d of 200 kept events through", storms))
	d.press("enter").see("[x] storms", "shows", "body.windSpeed > 15", n("%d shown, %d hidden, 200 kept", storms, 200-storms))
	d.press("esc").see("[storms]", n("%d shown", storms), n("%d hidden", 200-storms), "200 kept")

	// Another, from what is typed, that hides.
	d.press("/").typed("wind-3").press("ctrl+s").see("New filter", "wind-3")
	d.press("ctrl+u").typed("third").press("tab", "tab", "space").see("(•) hides these", n("lets %d of 200", 200-third))
	d.press("enter").see("[storms] [-third]", n("%d shown", both)).notSee("/wind-3", "wind-3 ")

	// Typed with its name.
	d.press("/").typed("calm = body.windSpeed < 13").see("enter keeps the filter as calm").press("enter").see("New filter", "calm", "body.windSpeed < 13").press("esc")
	d.press("esc").see("[storms] [-third]", n("%d shown", both))

	// Switch, rename, edit, delete.
	d.press("F", "space").see("[ ] storms", n("%d shown", 200-third)).press("down", "space").see("[ ] third", "200 shown")
	d.press("r").see("Filter").press("ctrl+u").typed("north").press("enter").see("[ ] north").notSee("third")
	d.press("e").typed(" 4").press("enter").see("wind-3 4")
	d.press("d").see("Delete the filter north?").press("y").notSee("north").see("storms")
	d.press("e").press("shift+tab").press("ctrl+u").typed("Storms").press("enter").see("[ ] Storms")
	d.press("space", "esc").see("[Storms]", n("%d shown", storms))

	if len(d.reports) > 0 {
		t.Errorf("reports: %+v", d.reports)
	}

	// Nothing that changes the stream changes the filters.
	d.run(d.startAt(starts[1]))
	d.take(winds(200, 260)...)
	d.see("[Storms]", "60 kept", fmt.Sprintf("%d shown", d.history.Len()))
	d.run(d.resume())
	d.see("[Storms]")

	if n := d.history.Watched(); n > 0 {
		t.Errorf("%d counts go on", n)
	}
	// They are there the next time.
	again := newDesk(t, theme.Dark, uitest.Sizes[1], file)
	again.take(winds(0, 200)...)
	again.see("[Storms]", n("%d shown", storms)).press("F").see("[x] Storms", "body.windSpeed > 15").notSee("north")
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

func TestAFilterFileThatDoesNotReadIsToldOfAndKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "filters.toml")
	const broken = "[[filter]]\nname = "
	if err := os.WriteFile(file, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, theme.Dark, uitest.Sizes[1], file)
	if len(d.reports) != 1 || d.reports[0].Severity != page.Warning || !strings.Contains(d.reports[0].Text, "left as it is") || !strings.Contains(d.reports[0].Detail, "line 2") {
		t.Errorf("reports %+v", d.reports)
	}
	d.press("F", "n").press("tab").typed("x").press("enter").see("[x] filter 1")
	if last := d.reports[len(d.reports)-1]; len(d.reports) != 2 || !strings.Contains(last.Text, "this session only") {
		t.Errorf("reports %+v", d.reports)
	}
	if now, err := os.ReadFile(file); err != nil || string(now) != broken {
		t.Errorf("the file now holds %q, %v", now, err)
	}
}

func TestQuittingKeepsTheLastChange(t *testing.T) {
	file := filepath.Join(t.TempDir(), "filters.toml")
	f := newFixture(t, theme.Dark, uitest.Sizes[1])
	f.filters.file = file
	f.filters.all = filter.Set{{Name: "a", Text: "x", On: true}}
	first := f.saveFilters()
	f.toggleFilter(f.filters.all[0]) // while the first is being written
	go first()
	f.filters.finish(5e9)
	all, err := filter.Load(file)
	if err != nil || len(all) != 1 || all[0].On {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestAFilterByAgeGoesOnWithTheTime(t *testing.T) {
	f := newFixture(t, theme.Dark, uitest.Sizes[1])
	f.take(winds(100, 200)...) // 64 s of them
	f.press("/")
	f.typed("age:<30s")
	f.press("enter")
	before := f.history.Len()
	for range 10 {
		f.second()
	}
	for !f.history.Settled() {
		f.Update(scanMsg{})
	}
	if now := f.history.Len(); before < 40 || now != before-16 && now != before-15 {
		t.Errorf("%d shown, 10 s later %d", before, now)
	}
}

func TestAChangedFilterKeepsThePlaceWhileItIsApplied(t *testing.T) {
	f := newFixture(t, theme.Dark, uitest.Sizes[1])
	f.keep(100_000)
	f.take(winds(0, 60_000)...)
	f.press("g")
	for range 50 {
		f.press("down")
	}
	want := f.list.cursor
	f.press("/")
	f.typed("windspeed")
	for !f.history.Settled() {
		f.Update(scanMsg{})
	}
	if f.list.cursor != want {
		t.Errorf("the cursor is on %d, was on %d", f.list.cursor, want)
	}
}

func TestFilterDialogs(t *testing.T) {
	scenes := []struct {
		name string
		play func(d *desk)
	}{
		{"list-empty", func(d *desk) { d.press("F") }},
		{"list", func(d *desk) {
			d.named(filter.Named{Name: "storms", Text: "body.windSpeed > 15", On: true}, filter.Named{Name: "third turbine", Text: "wind-3", On: true, Hide: true},
				filter.Named{Name: "calm", Text: "body.windSpeed < 12"}, filter.Named{Name: "broken", Text: "body.windSpeed >", On: true},
				filter.Named{Name: "evil\x1b[2J\u202e", Text: `any(body.readings, .value > 5 and .unit == "a very long unit that goes on") or properties.alarm == "1" and device startsWith "wind"`})
			d.press("F", "down", "down", "down")
		}},
		{"form", func(d *desk) {
			d.press("F", "n", "tab").typed("body.windSpeed > 15 and age < 5m")
		}},
		{"form-mistake", func(d *desk) {
			d.press("F", "n", "tab").typed("body.windSpeed > 15 and agee < 5m")
		}},
	}
	for _, scene := range scenes {
		for _, size := range uitest.Sizes {
			for name, mode := range modes {
				if name != "dark" && size != uitest.Sizes[1] {
					continue
				}
				t.Run(fmt.Sprintf("%s-%dx%d-%s", scene.name, size.Width, size.Height, name), func(t *testing.T) {
					d := newDesk(t, mode, size, "")
					d.take(winds(0, 200)...)
					scene.play(d)
					d.finish()
					if form, is := d.top().(*filterForm); is {
						for form.step() != nil {
						}
					}
					drawn := strings.Split(d.top().View(size.Width-8, size.Height-6), "\n")
					uitest.Golden(t, widget.Box(drawn, size.Width-8, size.Height-6), uitest.Size{Width: size.Width - 8, Height: size.Height - 6})
				})
			}
		}
	}
}

func TestFilterDialogsInEverySize(t *testing.T) {
	d := newDesk(t, theme.Dark, uitest.Sizes[1], "")
	d.named(filter.Named{Name: "storms", Text: "body.windSpeed > 15", On: true}, filter.Named{Name: "b", Text: "(", Hide: true}, filter.Named{Name: "c", Text: "/(/"})
	d.press("F", "e")
	for _, dialog := range d.dialogs {
		for width := 20; width < 140; width += 7 {
			for height := 5; height < 40; height += 3 {
				for i, line := range strings.Split(dialog.View(width, height), "\n") {
					if w := ansi.StringWidth(line); w > width {
						t.Fatalf("%s at %dx%d: line %d is %d cells wide", dialog.Title(), width, height, i, w)
					}
				}
			}
		}
	}
}
