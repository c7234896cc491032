package paint

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

type literal string

func (l literal) Index(text string) (int, int) {
	at := strings.Index(text, string(l))
	if at < 0 || l == "" {
		return -1, 0
	}
	return at, len(l)
}

func TestHighlight(t *testing.T) {
	pen := Pen{"<", ">"}
	for _, c := range []struct {
		line, want string
		marks      []literal
	}{
		{"abcabc", "a<bc>a<bc>", []literal{"bc"}},
		{"abc", "<ab>c", []literal{"ab", "bc"}},
		{"aa", "<a><a>", []literal{"a"}},
		{"\x1b[1mab\x1b[mcd", "\x1b[1ma\x1b[m<bc>d", []literal{"bc"}},
		{"\x1b[1ma\x1b[m\x1b[2mb\x1b[m", "\x1b[1m\x1b[m<ab>", []literal{"ab"}},
		{"\x1b[1mabc\x1b[m", "\x1b[1m\x1b[m<a>\x1b[1mbc\x1b[m", []literal{"a"}},
		{"abc", "abc", nil},
	} {
		if got := Highlight(c.line, c.marks, pen); got != c.want {
			t.Errorf("%q: %q, want %q", c.line, got, c.want)
		}
	}
}

// TestHighlightChangesNoText: whatever is marked, the text and its width stay.
func TestHighlightChangesNoText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"a", "b", "ä", "世", "\x1b[1m", "\x1b[38;5;3m", "\x1b[m", " "})).Draw(t, "line"), "")
		marks := rapid.SliceOf(rapid.SampledFrom([]literal{"a", "ab", "ä", "世", " ", "b a"})).Draw(t, "marks")
		got := Highlight(line, marks, Pen{"\x1b[4m", "\x1b[m"})
		if ansi.Strip(got) != ansi.Strip(line) {
			t.Fatalf("%q became %q", line, got)
		}
	})
}
