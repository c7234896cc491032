package safe

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

func TestInline(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"plain", `{"deviceId":"wind-1","windSpeed":13.41}`, `{"deviceId":"wind-1","windSpeed":13.41}`},
		{"words of other scripts", "Grüße, 世界, שלום", "Grüße, 世界, שלום"},
		{"CSI clears the screen", "a\x1b[2Jb", "a␛[2Jb"},
		{"OSC writes the clipboard", "\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"},
		{"DCS", "\x1bPq\x1b\\", "␛Pq␛\\"},
		{"8-bit CSI as a byte", "\x9b2J", `\x9b2J`},
		{"8-bit CSI as a character", "\u009b2J", `\u009b2J`},
		{"line breaks and tabs", "a\r\nb\tc", "a␍␊b␉c"},
		{"NUL and DEL", "\x00\x7f", "␀␡"},
		{"bidi override", "user\u202egpj", `user\u202egpj`},
		{"bidi isolate", "\u2066x\u2069", `\u2066x\u2069`},
		{"zero width", "a\u200bb\ufeffc", `a\u200bb\ufeffc`},
		{"soft hyphen", "a\u00adb", `a\u00adb`},
		{"tag characters", "a\U000e0041", `a\U000e0041`},
		{"variation selector", "\u2764\ufe0f", "\u2764" + `\ufe0f`},
		{"hangul filler", "\u3164", `\u3164`},
		{"not UTF-8", "a\xffb\xc3", `a\xffb\xc3`},
		{"surrogate half in UTF-8", "\xed\xa0\x80", `\xed\xa0\x80`},
		{"line separator", "a\u2028b", `a\u2028b`},
		{"private use", "\ue0b0", `\ue0b0`},
		{"mark on a letter", "e\u0301", "e\u0301"},
		{"mark on nothing", "\u0301e", `\u0301e`},
		{"pile of marks", "e" + strings.Repeat("\u0301", 8), "e" + strings.Repeat("\u0301", 6) + `\u0301\u0301`},
		{"a mark on a stand-in", "\x1b\u0301", `␛\u0301`},
		{"Indic syllable", "क्ष", "क्ष"},
		{"a pile of syllable parts", strings.Repeat("क्", 8), strings.Repeat("क्क्क्क"+`\u094d`, 2)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Inline(c.in); got != c.want {
				t.Errorf("Inline(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestLine(t *testing.T) {
	for _, c := range []struct {
		name, in string
		width    int
		want     string
	}{
		{"fits exactly", "12345", 5, "12345"},
		{"one too many", "123456", 5, "1234…"},
		{"no room", "12345", 0, ""},
		{"negative", "12345", -3, ""},
		{"one cell", "12345", 1, "…"},
		{"wide characters", "世界世界", 5, "世界…"},
		{"wide characters leave a gap", "世界世界", 4, "世…"},
		{"a stand-in that does not fit is cut", "ab\u202e", 5, `ab\u…`},
		{"a mark behind the last cell", "abcde\u0301", 5, "abcde\u0301"},
		{"a mark behind the cut", "abcde\u0301f", 5, "abcd…"},
		{"escape", "\x1b[31mred", 20, "␛[31mred"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Line(c.in, c.width); got != c.want {
				t.Errorf("Line(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
			}
			if got := Bytes([]byte(c.in), c.width); got != c.want {
				t.Errorf("Bytes(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
			}
		})
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"line breaks stay", "a\nb\r\nc\n", "a\nb\nc\n"},
		{"a lone carriage return is shown", "a\rb", "a␍b"},
		{"tabs reach the next stop", "a\tb\n\tc", "a   b\n    c"},
		{"tabs behind wide characters", "世\tb", "世  b"},
		{"controls", "a\x1b[2J\nb\a", "a␛[2J\nb␇"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Text(c.in); got != c.want {
				t.Errorf("Text(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestIsText(t *testing.T) {
	for in, want := range map[string]bool{
		"": true, "plain\r\n\t": true, "世界": true,
		"\x1b[0m": false, "\x00": false, "\xff": false, "\u0085": false, "\x7f": false,
	} {
		if got := IsText([]byte(in)); got != want {
			t.Errorf("IsText(%q) = %t, want %t", in, got, want)
		}
	}
}

func TestPlainTextCostsNoAllocation(t *testing.T) {
	body := `{"deviceId":"wind-1","windSpeed":13.41}`
	allocs := testing.AllocsPerRun(100, func() {
		if Line(body, 120) != body || Inline(body) != body || Text(body) != body {
			t.Error("plain text was changed")
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations for plain text, want none", allocs)
	}
}

func FuzzLine(f *testing.F) {
	for _, seed := range []string{"plain", "\x1b]0;x\a", "\u202e\u0301", "世\t界\r\n", "\xff\xfe", "e\u0301\u0301", "👩\u200d💻🇩🇪", "\u1100\u1161", "ﷺ"} {
		f.Add(seed, 7)
	}
	f.Fuzz(func(t *testing.T, s string, width int) {
		width %= 300
		line := Line(s, width)
		checkHarmless(t, line)
		if got := ansi.StringWidth(line); got > max(width, 0) {
			t.Errorf("Line(%q, %d) = %q is %d cells wide", s, width, line, got)
		}
		if got := Bytes([]byte(s), width); got != line {
			t.Errorf("Bytes(%q, %d) = %q, but Line gives %q", s, width, got, line)
		}
		whole := Inline(s)
		checkHarmless(t, whole)
		if Inline(whole) != whole {
			t.Errorf("Inline(%q) = %q, which is not clean itself", s, whole)
		}
		if ansi.StringWidth(whole) <= width && line != whole {
			t.Errorf("Line(%q, %d) = %q, but all of %q fits", s, width, line, whole)
		}
		for _, part := range strings.Split(Text(s), "\n") {
			checkHarmless(t, part)
		}
	})
}

func checkHarmless(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%q is not UTF-8", s)
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Bidi_Control, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			t.Errorf("%q holds %U", s, r)
		}
	}
	if stripped := ansi.Strip(s); stripped != s {
		t.Errorf("%q holds an escape sequence", s)
	}
}

func BenchmarkLine(b *testing.B) {
	huge := []byte(strings.Repeat(`{"windSpeed":13.41,"město":"Praha"}`, 8000))
	plain := `{"deviceId":"wind-1","windSpeed":13.41}`
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			Line(plain, 80)
		}
	})
	b.Run("reference-ansi.Truncate", func(b *testing.B) {
		for b.Loop() {
			ansi.Truncate(plain, 80, Ellipsis)
		}
	})
	b.Run("body-of-256-KB", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Bytes(huge, 80)
		}
	})
}
