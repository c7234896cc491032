package query

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"hubscope/ui/keys"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

func openBar(t *testing.T) *Bar {
	t.Helper()
	styles, k := theme.New(theme.Mono), keys.Default()
	b := NewBar(&styles, &k)
	b.SetWidth(80)
	b.Open("")
	b.Learn(someSeen())
	return b
}

func (b *Bar) press(names ...string) (last Deed) {
	for _, n := range names {
		last, _ = b.Update(uitest.Key(n))
	}
	return last
}

func (b *Bar) write(text string) {
	for _, r := range text {
		b.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func TestTabGoesThroughTheOffers(t *testing.T) {
	b := openBar(t)
	b.write("tags.site = ")
	b.press("tab")
	if b.Value() != "tags.site = 'north'" {
		t.Errorf("got %q", b.Value())
	}
	b.press("tab")
	if b.Value() != "tags.site = 'south'" {
		t.Errorf("got %q", b.Value())
	}
	b.press("shift+tab", "shift+tab")
	if got := b.Value(); got == "tags.site = 'south'" || !strings.HasPrefix(got, "tags.site = ") {
		t.Errorf("got %q", got)
	}
	b.press("tab")
	b.write(" an")
	b.press("tab")
	if b.Value() != "tags.site = 'north' AND " {
		t.Errorf("got %q", b.Value())
	}
	b.write("fl")
	b.press("tab")
	if !strings.HasSuffix(b.Value(), "AND tags.floor") && !strings.HasSuffix(b.Value(), "AND FLOOR(") {
		t.Errorf("got %q", b.Value())
	}
}

func TestHistoryKeepsWhatWasWritten(t *testing.T) {
	b := openBar(t)
	b.Remember([]string{"a.b = 1", "status = 'enabled'"})
	b.write("tags.x")
	b.press("up")
	if b.Value() != "status = 'enabled'" {
		t.Errorf("got %q", b.Value())
	}
	b.press("up", "up", "up")
	if b.Value() != "a.b = 1" {
		t.Errorf("got %q", b.Value())
	}
	b.press("down", "down", "down")
	if b.Value() != "tags.x" {
		t.Errorf("got %q", b.Value())
	}
}

func TestEnter(t *testing.T) {
	b := openBar(t)
	if b.press("enter") != Nothing {
		t.Error("nothing was asked")
	}
	b.write("status = 'enabled")
	if b.press("enter") != Nothing || !strings.Contains(b.text(), "enter again") {
		t.Errorf("an open quote was asked, or nothing was said:\n%s", b.text())
	}
	if b.press("enter") != Ask || !b.Statement().Devices {
		t.Error("who insists must be heard")
	}
	b.write("'")
	if b.press("enter") != Ask || b.Statement().Where != "status = 'enabled'" {
		t.Errorf("%+v", b.Statement())
	}
	b.Busy()
	if b.press("enter") != Nothing {
		t.Error("asked twice")
	}
	b.Fail(b.Statement(), "line 1, column 38: it is wrong", "the hub says no", "mend it")
	text := b.text()
	if !strings.Contains(text, "the hub says no") || b.Value() != "status = 'enabled'" {
		t.Errorf("%s", text)
	}
	lines := strings.Split(text, "\n")
	if at := strings.Index(lines[1], "^"); at < 0 || !strings.HasPrefix(lines[0][at:], "'enabled'") && !strings.HasPrefix(lines[0][at:], "= ") {
		t.Errorf("the place is not shown:\n%s", text)
	}
}

func (b *Bar) text() string { return ansi.Strip(strings.Join(b.View(80, 8), "\n")) }

func TestMistakesAreShownInTheirPlace(t *testing.T) {
	b := openBar(t)
	b.write("deviceId LIKE 'a%'")
	lines := strings.Split(b.text(), "\n")
	at := strings.Index(lines[0], "LIKE")
	if strings.Index(lines[1], "^ column 10: there is no LIKE") != at {
		t.Errorf("%s", b.text())
	}
}

// TestBarFits: whatever is typed, the frame has its size and the cursor is in it.
func TestBarFits(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		styles, k := theme.New(theme.Dark), keys.Default()
		b := NewBar(&styles, &k)
		width, height := rapid.IntRange(20, 120).Draw(r, "width"), rapid.IntRange(2, 9).Draw(r, "height")
		b.SetWidth(width)
		b.Open("")
		b.Learn(someSeen())
		b.Remember([]string{"status = 'enabled'", strings.Repeat("tags.x = 1 AND ", 20)})
		for range rapid.IntRange(0, 25).Draw(r, "keys") {
			if rapid.Bool().Draw(r, "text") {
				b.Update(tea.PasteMsg{Content: rapid.SampledFrom([]string{"tags.", "'", "ö💥", "\x1b[31m", " = ", "status", "[[", "e\u0301\u202e", "AND "}).Draw(r, "paste")})
				continue
			}
			b.press(rapid.SampledFrom([]string{"tab", "shift+tab", "up", "down", "left", "right", "home", "end", "backspace", "enter", "ctrl+u", "ctrl+w"}).Draw(r, "key"))
		}
		if rapid.Bool().Draw(r, "refused") {
			b.Fail(b.Statement(), "position 30", "no \x1b[31m good "+strings.Repeat("word ", 40), "mend")
		}
		lines := b.View(width, height)
		if len(lines) != height {
			r.Fatalf("%d lines", len(lines))
		}
		for _, l := range lines {
			if ansi.StringWidth(l) != width {
				r.Fatalf("%d cells: %q", ansi.StringWidth(l), l)
			}
		}
		if c := b.Cursor(); c == nil || c.X < 0 || c.X >= width {
			r.Fatalf("cursor %+v in %d", c, width)
		}
	})
}
