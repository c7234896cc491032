package editor

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/monitor/paint"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

func open(text string) *Editor {
	e := New(text, nil)
	e.SetSize(40, 8)
	return e
}

func press(e *Editor, names ...string) {
	for _, n := range names {
		e.Update(uitest.Key(n))
	}
}

func TestEditing(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		keys []string
		want string
		line int
		col  int
	}{
		"type":                {"", []string{"a", "b"}, "ab", 1, 3},
		"type in the middle":  {"ad", []string{"right", "b", "c"}, "abcd", 1, 4},
		"enter keeps indent":  {"  a", []string{"end", "enter", "b"}, "  a\n  b", 2, 4},
		"tab":                 {"a", []string{"tab"}, "  a", 1, 3},
		"join lines":          {"a\nb", []string{"down", "backspace"}, "ab", 1, 2},
		"delete a line break": {"a\nb", []string{"end", "delete"}, "ab", 1, 2},
		"word before":         {"one two", []string{"end", "ctrl+w"}, "one ", 1, 5},
		"to the end":          {"one\ntwo", []string{"right", "ctrl+k"}, "o\ntwo", 1, 2},
		"to the end, twice":   {"one\ntwo", []string{"right", "ctrl+k", "ctrl+k"}, "otwo", 1, 2},
		"to the beginning":    {"one two", []string{"end", "ctrl+u"}, "", 1, 1},
		"home goes to text":   {"  one", []string{"end", "home"}, "  one", 1, 3},
		"home twice":          {"  one", []string{"end", "home", "home"}, "  one", 1, 1},
		"keeps its cell":      {"long line\nx\nlong line", []string{"end", "down", "down"}, "long line\nx\nlong line", 3, 10},
		"undo a word":         {"x", []string{"a", "b", "ctrl+z"}, "x", 1, 1},
		"undo in steps":       {"", []string{"a", "enter", "b", "ctrl+z", "ctrl+z"}, "a", 1, 2},
		"redo":                {"", []string{"a", "b", "ctrl+z", "ctrl+y"}, "ab", 1, 3},
		"typing ends redo":    {"", []string{"a", "ctrl+z", "b", "ctrl+y"}, "b", 1, 2},
		"nothing to undo":     {"a", []string{"ctrl+z", "ctrl+y"}, "a", 1, 1},
		"a move splits undo":  {"", []string{"a", "b", "left", "c", "ctrl+z"}, "ab", 1, 2},
		"ends of the text":    {"a", []string{"left", "up", "pgup", "right", "right", "down", "delete"}, "a", 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			e := open(c.text)
			press(e, c.keys...)
			line, col := e.Position()
			if got := e.Text(); got != c.want || line != c.line || col != c.col {
				t.Errorf("got %q at %d:%d, want %q at %d:%d", got, line, col, c.want, c.line, c.col)
			}
		})
	}
}

// A text comes back as it was: tabs, ends of lines, characters that cannot be shown.
func TestTextIsGivenBackAsItIs(t *testing.T) {
	for _, text := range []string{"", "\n", "a\r\nb\r\n", "a\r\nb\n", "\ta\u202eb\x1b[31m\u0000", "é́風 🌬️\n"} {
		if got := open(text).Text(); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	e := open("a\r\nb")
	press(e, "end", "enter", "x")
	if got := e.Text(); got != "a\r\nx\r\nb" {
		t.Errorf("a new line in a file of CRLF: %q", got)
	}
}

func TestPaste(t *testing.T) {
	e := open("ac")
	press(e, "right")
	if !e.Update(tea.PasteMsg{Content: "1\r\n2\r3"}) || e.Text() != "a1\n2\n3c" {
		t.Errorf("pasted: %q", e.Text())
	}
	if e.Update(tea.PasteMsg{Content: strings.Repeat("x", MaxBytes)}) {
		t.Error("more was pasted than is edited here")
	}
}

// Nothing of a text reaches the terminal as it is, and no line is wider than the room.
func TestViewIsHarmlessAndFits(t *testing.T) {
	s := theme.New(theme.Mono)
	text := "\x1b[2J\u202e\tevil\n" + strings.Repeat("wide 風 ", 30) + "\nshort"
	for _, keys := range [][]string{nil, {"down", "end"}, {"down", "end", "left", "left", "home"}, {"down", "end", "down"}} {
		e := open(text)
		press(e, keys...)
		for _, line := range e.View(&s) {
			plain := ansi.Strip(line)
			if ansi.StringWidth(line) > 40 || strings.ContainsAny(plain, "\x1b\u202e\t") {
				t.Errorf("after %v: %q", keys, line)
			}
		}
		c := e.Cursor(&s)
		if c.X < e.gutter() || c.X >= 40 || c.Y < 0 || c.Y >= 8 {
			t.Errorf("after %v the cursor is at %d,%d", keys, c.X, c.Y)
		}
	}
}

func TestGoAndMark(t *testing.T) {
	s := theme.New(theme.Mono)
	e := open(strings.Repeat("line\n", 50))
	e.Mark(30)
	e.Go(30, 3)
	if l, c := e.Position(); l != 30 || c != 3 {
		t.Fatalf("at %d:%d", l, c)
	}
	if view := ansi.Strip(strings.Join(e.View(&s), "\n")); !strings.Contains(view, "✗ 30 line") {
		t.Errorf("the mark is not to be seen:\n%s", view)
	}
	e.Go(1000, 1000)
	if l, c := e.Position(); l != 51 || c != 1 {
		t.Errorf("beyond the end: %d:%d", l, c)
	}
	e.Click(e.gutter()+2, 0)
	if _, c := e.Position(); c != 3 {
		t.Errorf("clicked at column %d", c)
	}
}

func TestColoursChangeNoCharacter(t *testing.T) {
	s := theme.New(theme.Dark)
	pens := paint.NewSpanPens(&s, s.Text)
	for _, line := range []string{
		"", "# note", `[values] # of it`, `  [8.54, 47.37], [1, 2],`, `a.b = { "x y" = 'z', n = -1.5e3, t = true } # end`,
		`open = "not closed`, `風 = "速" ␛`, `\`, `x = 1979-05-27T07:32:00Z`, `"`, `{"a": [1, "b\"c", null]}`,
	} {
		for _, colour := range []func(string, *[paint.Kinds]paint.Pen) string{TOML, JSON} {
			if got := ansi.Strip(colour(line, &pens)); got != line {
				t.Errorf("%q became %q", line, got)
			}
		}
	}
}

// FuzzEditor: whatever is typed, the cursor stays in the text, the view fits, and all of it can be taken back.
func FuzzEditor(f *testing.F) {
	f.Add("a\tb\r\nc\u0301 風", []byte("abc\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e"))
	f.Add("", []byte{1, 1, 14, 14, 15, 3})
	names := []string{
		"left", "right", "up", "down", "home", "end", "enter", "tab", "backspace", "delete", "ctrl+w", "ctrl+k", "ctrl+u",
		"pgdown", "ctrl+z", "ctrl+y", "alt+right", "alt+left", "ctrl+home", "ctrl+end", "alt+d",
	}
	s := theme.New(theme.Mono)
	f.Fuzz(func(t *testing.T, text string, typed []byte) {
		if len(text) > 2000 || len(typed) > 200 || strings.ToValidUTF8(text, "") != text {
			return
		}
		e := open(text)
		for _, b := range typed {
			if int(b) < len(names) {
				press(e, names[b])
			} else {
				e.Update(tea.KeyPressMsg{Code: rune(b), Text: string(rune(b))})
			}
			if e.row < 0 || e.row >= len(e.lines) || e.col < 0 || e.col > len(e.lines[e.row]) {
				t.Fatalf("the cursor is at %d:%d", e.row, e.col)
			}
			for _, line := range e.View(&s) {
				if w := ansi.StringWidth(line); w > 40 {
					t.Fatalf("a line of %d cells: %q", w, line)
				}
			}
			if c := e.Cursor(&s); c.X < 0 || c.X >= 40 || c.Y < 0 || c.Y >= 8 {
				t.Fatalf("the cursor is drawn at %d,%d", c.X, c.Y)
			}
		}
		for range len(typed) {
			press(e, "ctrl+z")
		}
		if len(e.undo) == 0 && e.Text() != text {
			t.Fatalf("taken back to %q, was %q", e.Text(), text)
		}
	})
}
