package query

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// number reads 12, 1.5, .5, 2e3 and 0xFF.
func (l *lexer) number() (token, error) {
	start := l.at
	for l.at < len(l.text) && l.inNumber(start) {
		l.at++
	}
	text := l.text[start:l.at]
	value, err := parseNumber(text)
	next, _ := utf8.DecodeRuneInString(l.text[l.at:])
	if err != nil || startsName(next) {
		return token{}, errorAt(l.text, start, "a number must look like 12, 1.5, 2e3 or 0xFF")
	}
	return token{kind: numberToken, number: value, offset: start}, nil
}

// inNumber takes everything that may belong to the number; parseNumber decides.
func (l *lexer) inNumber(start int) bool {
	switch c := l.text[l.at]; {
	case isDigit(c), c == '.', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		return true
	case c == '+' || c == '-':
		hex := len(l.text) > start+1 && l.text[start+1]|0x20 == 'x'
		return l.text[l.at-1]|0x20 == 'e' && !hex
	}
	return false
}

func parseNumber(text string) (float64, error) {
	if digits, isHex := strings.CutPrefix(strings.ToLower(text), "0x"); isHex {
		n, err := strconv.ParseUint(digits, 16, 64)
		return float64(n), err
	}
	if strings.Trim(text, "0123456789.eE+-") != "" { // Inf, NaN, hexadecimal fractions
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseFloat(text, 64)
	if math.IsInf(n, 0) {
		return 0, strconv.ErrRange
	}
	return n, err
}

// quotedString reads 'text' and "text" with the escapes of protocol 3.1.
func (l *lexer) quotedString() (token, error) {
	start, quote := l.at, l.text[l.at]
	var b strings.Builder
	for i := start + 1; i < len(l.text); {
		switch c := l.text[i]; {
		case c == quote && acceptDoubledQuote && i+1 < len(l.text) && l.text[i+1] == quote:
			b.WriteByte(quote)
			i += 2
		case c == quote:
			l.at = i + 1
			return token{kind: stringToken, text: b.String(), offset: start}, nil
		case c == '\\':
			r, size := unescape(l.text[i:])
			if size == 0 {
				return token{}, errorAt(l.text, i, `a backslash in a string must begin one of \' \" \\ \u0041`)
			}
			b.WriteRune(r)
			i += size
		default:
			b.WriteByte(c)
			i++
		}
	}
	return token{}, errorAt(l.text, start, "the string has no closing quote")
}

// unescape gives what the escape at the start of s means, and its length in s: 0
// when there is no such escape.
func unescape(s string) (rune, int) {
	if len(s) < 2 {
		return 0, 0
	}
	switch s[1] {
	case '\'', '"', '\\':
		return rune(s[1]), 2
	}
	high, ok := unit(s)
	if !ok {
		return 0, 0
	}
	if low, ok := unit(s[6:]); ok {
		if r := utf16.DecodeRune(high, low); r != utf8.RuneError {
			return r, 12
		}
	}
	return high, 6 // WriteRune makes U+FFFD of half a pair
}

// unit reads \uXXXX.
func unit(s string) (rune, bool) {
	if len(s) < 6 || s[:2] != `\u` {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), err == nil
}
