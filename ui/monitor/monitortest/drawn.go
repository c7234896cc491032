package monitortest

import (
	"fmt"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Tricky is what a payload must not be able to do: clear the screen, set the title, write to the clipboard, turn the
// direction of text, hide in text of no width.
var Tricky = []byte("{\"name\":\"\x1b[2J\x1b]0;owned\x07\x1b]52;c;aGk=\x07\",\r\n\t\"bidi\":\"\u202egnp.exe\",\"zero\":\"a\u200bb\",\"c1\":\"\u009b31m\"}\x00")

// Harmless tells what is wrong with text that was drawn with pens that write nothing: it must not be able to do
// anything to a terminal, and be from least to most cells wide.
func Harmless(text string, least, most int) error {
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return fmt.Errorf("it holds %U: %q", r, text)
		}
	}
	if w := ansi.StringWidth(text); w < least || w > most {
		return fmt.Errorf("it is %d cells wide, want %d to %d: %q", w, least, most, text)
	}
	return nil
}
