package safe

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// maxJoined is how many characters may join a first one in its cell: marks on a letter, the parts of a Hangul or an
// Indic syllable. Real text needs a few; piles of them are made to paint over neighbouring lines.
const maxJoined = 6

const hexDigits = "0123456789abcdef"

// writer collects clean text and counts its cells.
type writer struct {
	b     strings.Builder
	cells int

	tail      string // what the last cell or two hold, when more may join it; "" when nothing can
	tailCells int
	joined    int // characters in tail after its first
}

// next takes the first character of s and gives the rest.
func (w *writer) next(s string) string {
	c := s[0]
	if isControlByte(c) {
		w.put(picture(c), 1)
		return s[1:]
	}
	if c < utf8.RuneSelf && (w.tail == "" || w.tail[0] < utf8.RuneSelf) {
		// ASCII joins nothing but the prefixes of some scripts, which are not ASCII; marks may join it.
		w.put(s[:1], 1)
		w.tail, w.tailCells = s[:1], 1
		return s[1:]
	}
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && size == 1:
		w.put(`\x`+string(hexDigits[c>>4])+string(hexDigits[c&15]), 4)
	case isHarmless(r):
		w.char(r, s[:size])
	default:
		w.escape(r)
	}
	return s[size:]
}

// put writes a stand-in, which nothing may join.
func (w *writer) put(text string, cells int) {
	w.b.WriteString(text)
	w.cells += cells
	w.tail, w.tailCells, w.joined = "", 0, 0
}

// char writes a harmless character as itself, if it can be seen where it stands.
func (w *writer) char(r rune, text string) {
	if w.tail != "" {
		grown := w.tail + text
		if cluster, cells := ansi.FirstGraphemeCluster(grown, ansi.GraphemeWidth); len(cluster) == len(grown) {
			w.join(r, text, grown, cells)
			return
		}
	}
	_, cells := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
	// A mark with nothing of this text under it would change what stands before it on the screen.
	if cells == 0 || unicode.Is(unicode.M, r) {
		w.escape(r)
		return
	}
	w.put(text, cells)
	w.tail, w.tailCells = text, cells
}

func (w *writer) join(r rune, text, grown string, cells int) {
	if w.joined == maxJoined {
		w.escape(r)
		return
	}
	w.b.WriteString(text)
	w.cells += cells - w.tailCells
	w.tail, w.tailCells = grown, cells
	w.joined++
}

func (w *writer) escape(r rune) {
	text := `\u`
	digits := 4
	if r > 0xffff {
		text, digits = `\U`, 8
	}
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		text += string(hexDigits[r>>shift&15])
	}
	w.put(text, len(text))
}

// picture gives the control picture of a C0 control or DEL.
func picture(c byte) string {
	if c == 0x7f {
		return "␡"
	}
	return string(rune(0x2400) + rune(c))
}

func isControlByte(c byte) bool { return c < 0x20 || c == 0x7f }

// isPlain tells whether s is printable ASCII.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c > 0x7e {
			return false
		}
	}
	return true
}

// isHarmless tells whether r is drawn as itself. strconv.IsGraphic excludes controls, format characters (among them
// all bidi controls), separators of lines and paragraphs, surrogates, private use and what is not assigned; some
// ignorable characters are letters and marks to Unicode and are excluded here.
func isHarmless(r rune) bool {
	return strconv.IsGraphic(r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) &&
		!unicode.Is(unicode.Variation_Selector, r)
}
