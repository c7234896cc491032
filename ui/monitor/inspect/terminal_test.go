package inspect

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"

	"hubscope/hub/events"
	"hubscope/ui/monitor/monitortest"
	"hubscope/ui/monitor/rows"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

const (
	termWidth, termHeight = 92, 26
	drawWidth             = termWidth - 2
	fence                 = "#"
)

// terminal draws lines between two fences on a terminal, and tells what became of it.
func terminal(t testing.TB, frame string) (state []string) {
	t.Helper()
	term := vt.NewEmulator(termWidth, termHeight)
	said := []string{}
	term.SetCallbacks(vt.Callbacks{
		Title: func(title string) { said = append(said, "title "+title) },
		Bell:  func() { said = append(said, "bell") },
	})
	for _, number := range []int{0, 1, 2, 4, 7, 8, 9, 10, 11, 52, 133, 777} {
		term.RegisterOscHandler(number, func(data []byte) bool {
			said = append(said, "OSC "+string(data))
			return true
		})
	}
	lines := strings.Split(frame, "\n")
	for i, line := range lines {
		lines[i] = fence + line + fence
	}
	_, _ = term.WriteString("\x1b[2J\x1b[H" + strings.Join(lines, "\r\n"))
	for y := range lines {
		for _, x := range []int{0, drawWidth + 1} {
			if cell := term.CellAt(x, y); cell == nil || cell.Content != fence {
				said = append(said, "a fence is gone")
			}
		}
	}
	for y := len(lines); y < termHeight; y++ {
		for x := range termWidth {
			if cell := term.CellAt(x, y); cell != nil && strings.TrimSpace(cell.Content) != "" {
				said = append(said, "something below: "+cell.Content)
			}
		}
	}
	if at := term.CursorPosition(); at.Y != len(lines)-1 || at.X != termWidth-1 {
		said = append(said, "the cursor is elsewhere")
	}
	return said
}

func TestTheFencesSeeWhatIsObeyed(t *testing.T) {
	for _, evil := range []string{"\x1b]0;owned\x07", "\x07", "\x1b]52;c;aGk=\x07", "\x1b[2J", "\x1b[5;5H", "\x1b[10Cx"} {
		if said := terminal(t, evil+strings.Repeat(" ", drawWidth)); len(said) == 0 {
			t.Errorf("%q is not seen", evil)
		}
	}
	if said := terminal(t, strings.Repeat(" ", drawWidth)); len(said) > 0 {
		t.Errorf("nothing at all: %q", said)
	}
}

// FuzzTerminal draws a row and all parts of an event on a terminal: whatever the event holds, the cursor ends where it
// would, nothing rings, nothing is written to the title or the clipboard, and the cells around stay.
func FuzzTerminal(f *testing.F) {
	f.Add([]byte(`{"deviceId":"wind-1","windSpeed":13.41}`), []byte(`{"windSpeed":"\u001b[2J"}`), "wind-1", "Property", "PropMsg_1", "")
	f.Add(monitortest.Tricky, []byte("\x1b]52;c;aGk=\x07"), "a\x1b[31mb", "\u202e", "\xff\x00", "gzip")
	f.Add([]byte("{\"\u202e\x9b\":\"\u009b2J\",\"\":{\"\\u0007\":1}}"), []byte("{}"), "世界", "क्क्", "👩\u200d💻", "utf-16")
	f.Add([]byte("\x1b[2J\n\x1b]0;x\x07"), []byte("\x07\n\x1b[H"), "d", "\x1b]0;t\x07", "\x1b[10;10H", "\x1b[2J")
	f.Fuzz(func(t *testing.T, body, before []byte, device, name, value, encoding string) {
		change := func(e *events.Event) {
			e.DeviceID, e.MessageID, e.Source, e.ContentEncoding = device, value, name, encoding
			e.Properties = map[string]any{name: value, "bytes": body}
			e.System = map[string]any{value: name}
		}
		in := opened(t, theme.Dark, uitest.Size{Width: drawWidth, Height: termHeight - 2}, body, before, change)
		for range views {
			if said := terminal(t, in.Draw()); len(said) > 0 {
				t.Errorf("part %d: %q", in.view, said)
			}
			in.Turn(1)
			finish(in)
		}
		painter := rows.NewPainter(page.NewContext(t.Context(), theme.Dark))
		painter.LayOut(rows.LayOut(drawWidth, rows.Needs{}))
		if said := terminal(t, painter.CursorRow(1, &in.Event, true)); len(said) > 0 {
			t.Errorf("row: %q", said)
		}
	})
}
