package ui

import (
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/key"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/keys"
	"hubscope/ui/page"
	"hubscope/ui/theme"
)

// TestArrange: at any size that is enough, the parts fill the screen and no two
// of them share a line.
func TestArrange(t *testing.T) {
	for height := minHeight; height <= 100; height++ {
		for _, docked := range []bool{false, true} {
			f := arrange(120, height, docked)
			used := map[int]int{f.header.y: 1, f.topRule: 1, f.endRule: 1, f.status.y: 1}
			if docked {
				used[f.dockRule]++
			}
			for _, r := range []rect{f.body, f.dock} {
				for y := r.y; y < r.y+r.height; y++ {
					used[y]++
				}
			}
			for y := range height {
				if used[y] != 1 {
					t.Errorf("height %d, docked %v: line %d is used %d times", height, docked, y, used[y])
				}
			}
			if f.body.height < 10 || docked && f.dock.height < 6 {
				t.Errorf("height %d, docked %v: body %d, dock %d", height, docked, f.body.height, f.dock.height)
			}
		}
	}
}

func TestHelpLineDropsWholeItems(t *testing.T) {
	k, s := keys.Default(), theme.New(theme.Mono)
	off := k.Delete
	off.SetEnabled(false)
	all := []key.Binding{k.New, off, k.Open, k.Copy, k.Help, k.Quit}
	for _, c := range []struct {
		room int
		want string
	}{
		{80, "n new  enter open  y copy  ? help  q quit"},
		{41, "n new  enter open  y copy  ? help  q quit"},
		{40, "n new  enter open  ? help  q quit"},
		{33, "n new  enter open  ? help  q quit"},
		{32, "n new  ? help  q quit"},
		{20, "? help  q quit"},
		{10, "? help"},
		{3, ""},
		{-5, ""},
	} {
		if got := ansi.Strip(helpLine(&s, all, 2, c.room)); got != c.want {
			t.Errorf("in %d cells: %q, want %q", c.room, got, c.want)
		}
	}
}

func TestStatusLineCutsBetweenWords(t *testing.T) {
	s := theme.New(theme.Mono)
	var line status
	line.show(page.Report{Severity: page.Failure, Text: "the hub refused the key of the policy", Next: "check the connection string"}, time.Now())
	for width, want := range map[int]string{
		80: "✗ the hub refused the key of the policy: check the connection string",
		50: "✗ the hub refused the key of the policy",
		30: "✗ the hub refused the key …",
	} {
		got := ansi.Strip(line.view(&s, width, nil, 2))
		if ansi.StringWidth(got) != width || strings.TrimSpace(got) != want {
			t.Errorf("in %d cells: %q, want %q", width, got, want)
		}
	}
}

func TestStatusLineForgets(t *testing.T) {
	now := time.Now()
	var line status
	line.show(page.Report{Severity: page.Success, Text: "a"}, now)
	line.show(page.Report{Severity: page.Success, Text: "b"}, now)
	line.expire(statusExpiredMsg{serial: 1})
	if !line.showing || line.report.Text != "b" {
		t.Error("the timer of an older report took a newer one away")
	}
	line.pressed(now.Add(100 * time.Millisecond))
	if !line.showing {
		t.Error("a key took a report away before it could be read")
	}
	line.pressed(now.Add(2 * time.Second))
	if line.showing {
		t.Error("good news stays although a key was pressed")
	}
	line.show(page.Report{Severity: page.Failure, Text: "c"}, now)
	line.pressed(now.Add(2 * time.Second))
	if !line.showing {
		t.Error("a key took a failure away")
	}
	line.expire(statusExpiredMsg{serial: line.serial})
	if line.showing {
		t.Error("a failure stays for ever")
	}
}

func TestHeaderKeepsTheTabsInPlace(t *testing.T) {
	s := theme.New(theme.Mono)
	titles := []string{"Devices", "Simulator", "Monitor"}
	for _, width := range []int{80, 99, 100, 120, 200, 250} {
		at := -1
		for _, h := range []header{
			{hub: "localhost", local: true, health: answering},
			{hub: strings.Repeat("a-long-name-", 9) + ".azure-devices.net", health: failing, rates: []float64{99999}},
			{hub: "x", events: true, rates: []float64{1, 2, 3}},
		} {
			line, areas := h.view(&s, width, titles, page.Devices)
			if w := ansi.StringWidth(line); w != width {
				t.Errorf("%d cells wide, want %d: %q", w, width, line)
			}
			from := areas[0].from
			if at >= 0 && from != at {
				t.Errorf("width %d: the tabs moved from %d to %d", width, at, from)
			}
			at = from
			for _, a := range areas {
				if got := ansi.Strip(ansi.Cut(line, a.from, a.until)); !strings.HasSuffix(got, titles[a.tab]) {
					t.Errorf("width %d: a click on %q shows %s", width, got, titles[a.tab])
				}
			}
		}
	}
}

func TestParseTheme(t *testing.T) {
	for text, want := range map[string]ThemeChoice{"": Auto, "auto": Auto, "dark": DarkTheme, "light": LightTheme, "mono": MonoTheme} {
		if got, err := ParseTheme(text); err != nil || got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	if _, err := ParseTheme("pink"); err == nil || !strings.Contains(err.Error(), "auto, dark, light or mono") {
		t.Errorf("pink: %v", err)
	}
}
