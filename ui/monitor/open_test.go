package monitor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/uitest"
)

// copied takes a choice of the copy menu, and tells what goes to the clipboard.
func copied(t *testing.T, f *fixture, choice string) string {
	t.Helper()
	msgs := f.press("y")
	if len(msgs) != 1 {
		t.Fatalf("y answers %v", msgs)
	}
	cmd, done := msgs[0].(page.OpenDialog).Dialog.Update(uitest.Key(choice))
	if !done || cmd == nil {
		return ""
	}
	return fmt.Sprint(collect(cmd)[0])
}

func TestCopyWhatIsUnderTheCursor(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 5)...)
	f.press("enter", "j")
	for choice, want := range map[string]string{
		"v": "13.48", "p": "body.windSpeed", "b": `{"deviceId":"wind-2","windSpeed":13.48}`,
		"c": "hubscope monitor-events wind-2 --start-time 2026-11-22T13:01:14.672Z", "z": "",
	} {
		if got := copied(t, f, choice); got != want {
			t.Errorf("%s copies %q, want %q", choice, got, want)
		}
	}
}

func TestCopyTheCommandOfAz(t *testing.T) {
	f := tab(t)
	f.ctx.Hub, f.ctx.Local = "contoso.azure-devices.net", false
	e := wind(4)
	e.DeviceID = "it's $1"
	f.take(e)
	want := `az iot hub monitor-events --hub-name contoso --device-id='it'\''s $1' --enqueued-time 1795352474672 --properties all`
	if got := copied(t, f, "z"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	e.DeviceID, e.Sequence = "a\x1b[2J", 900
	f.take(e)
	if got := copied(t, f, "z") + copied(t, f, "c"); got != "" {
		t.Errorf("a command with an escape sequence: %q", got)
	}
}

func TestFoldByKeyAndByMouse(t *testing.T) {
	f := tab(t)
	e := wind(1)
	e.Body = []byte(`{"a":{"b":[1,2]},"c":3}`)
	f.take(e)
	f.press("enter")
	sees := func(what string, parts ...string) {
		t.Helper()
		text := ansi.Strip(f.View())
		for _, part := range parts {
			if !strings.Contains(text, part) {
				t.Errorf("%s: no %q in\n%s", what, part, text)
			}
		}
	}
	sees("open", "▾ a  1 field", "▾ b  2 items")
	f.press("enter")
	sees("folded", "▸ a  1 field  {\"b\":[1,2]}")
	f.press("right", "right")
	sees("unfolded, and into it", "▾ b  2 items", "body.a.b")
	f.press("left", "left")
	sees("folded, and to what it is in", "▸ b  2 items", "body.a ")
	f.press("L")
	sees("all", "▾ a", "▾ b")
	f.press("H")
	sees("none", "▸ a")
	for y, line := range strings.Split(ansi.Strip(f.View()), "\n") {
		if x := strings.Index(line, "▸ a  1"); x >= 0 {
			f.Update(tea.MouseClickMsg{Button: tea.MouseLeft, X: ansi.StringWidth(line[:x]), Y: y})
			break
		}
	}
	sees("clicked", "▾ a  1 field", "▸ b  2 items")
	f.press(">")
	sees("changes", "there is no earlier event")
	f.press("<", "T")
	sees("as text", `"c": 3`)
}

func TestChartIsOfferedOnNumbersOnly(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 5)...)
	f.press("enter")
	if f.onNumber() {
		t.Error("a text can be charted")
	}
	f.press("j")
	if path, is := f.chartable(); !is || path.String() != "body.windSpeed" {
		t.Errorf("%v, %t", path, is)
	}
	f.press("v")
	if !f.figures.Opened {
		t.Error("v opens no chart")
	}
}
