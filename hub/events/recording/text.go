package recording

import (
	"strconv"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// A byte that is no UTF-8 is written as the half of a surrogate pair that stands alone, which no other text can hold.
const (
	strayFirst = 0xdc80
	strayLast  = 0xdcff
)

const hexDigits = "0123456789abcdef"

// appendText writes text as a JSON string.
func appendText(to []byte, text string) []byte {
	to = append(to, '"')
	from := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c >= ' ' && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		r, size := rune(c), 1
		if c >= utf8.RuneSelf {
			if r, size = utf8.DecodeRuneInString(text[i:]); (r != utf8.RuneError || size > 1) && !obeyed(r) {
				i += size
				continue
			}
		}
		to = append(to, text[from:i]...)
		switch {
		case r == utf8.RuneError && size == 1:
			to = appendUnit(to, 0xdc00+uint16(c))
		case r == '"' || r == '\\':
			to = append(to, '\\', byte(r))
		default:
			to = appendRune(to, r)
		}
		i += size
		from = i
	}
	return append(append(to, text[from:]...), '"')
}

// appendRune escapes what a terminal could obey.
func appendRune(to []byte, r rune) []byte {
	switch r {
	case '\n':
		return append(to, '\\', 'n')
	case '\r':
		return append(to, '\\', 'r')
	case '\t':
		return append(to, '\\', 't')
	}
	if r <= 0xffff {
		return appendUnit(to, uint16(r))
	}
	high, low := utf16.EncodeRune(r)
	return appendUnit(appendUnit(to, uint16(high)), uint16(low))
}

func appendUnit(to []byte, u uint16) []byte {
	return append(to, '\\', 'u', hexDigits[u>>12], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
}

// obeyed tells whether a terminal, or whoever shows text, may do something with a character but show it.
func obeyed(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' || r > 0xa0 && unicode.Is(unicode.Cf, r)
}

// readText reads a JSON string with its quotes, which must be valid.
func readText(raw string) string {
	inside := raw[1 : len(raw)-1]
	plain := 0
	for plain < len(inside) && inside[plain] != '\\' {
		plain++
	}
	if plain == len(inside) {
		return inside
	}
	out := append(make([]byte, 0, len(inside)), inside[:plain]...)
	for rest := inside[plain:]; rest != ""; {
		if rest[0] != '\\' {
			out, rest = append(out, rest[0]), rest[1:]
			continue
		}
		var size int
		out, size = appendEscaped(out, rest)
		rest = rest[size:]
	}
	return string(out)
}

// appendEscaped reads the escape that text begins with.
func appendEscaped(to []byte, text string) (out []byte, size int) {
	const short, long = 2, 6 // \n, \u000a
	switch text[1] {
	case 'b':
		return append(to, '\b'), short
	case 'f':
		return append(to, '\f'), short
	case 'n':
		return append(to, '\n'), short
	case 'r':
		return append(to, '\r'), short
	case 't':
		return append(to, '\t'), short
	case 'u':
	default: // itself
		return append(to, text[1]), short
	}
	r := unitOf(text)
	if utf16.IsSurrogate(r) {
		if pair := utf16.DecodeRune(r, unitOf(text[long:])); pair != utf8.RuneError {
			return utf8.AppendRune(to, pair), 2 * long
		}
		if r >= strayFirst && r <= strayLast {
			return append(to, byte(r-0xdc00)), long
		}
		r = utf8.RuneError
	}
	return utf8.AppendRune(to, r), long
}

// unitOf reads \u000a; -1 when that is not what text begins with.
func unitOf(text string) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}
