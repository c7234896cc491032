package query

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type kind uint8

const (
	endToken kind = iota
	nameToken
	quotedToken // [[name]]
	stringToken
	numberToken
	symbolToken
	brokenToken // it does not end, or means nothing
)

// token is one word of a text, from byte at to byte end.
type token struct {
	kind    kind
	text    string // as written
	at, end int
	reason  string // of a broken one
	open    bool   // a broken one that may still be closed
}

// is tells whether the token is a keyword or a symbol; keywords have no case.
func (t token) is(word string) bool {
	switch t.kind {
	case nameToken:
		return strings.EqualFold(t.text, word)
	case symbolToken:
		return t.text == word
	}
	return false
}

func (t token) describe() string {
	switch t.kind {
	case endToken:
		return "the end"
	case stringToken:
		return "a text"
	}
	text := []rune(t.text)
	if len(text) > 24 {
		text = append(text[:23], '…')
	}
	return string(text)
}

// symbols are tried in this order.
var symbols = []string{"<>", "!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", "."}

// scan reads the token from byte at on (protocol 3.1).
func scan(text string, at int) token {
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		if !unicode.IsSpace(r) {
			break
		}
		at += size
	}
	rest := text[at:]
	if rest == "" {
		return token{at: at, end: at}
	}
	first, size := utf8.DecodeRuneInString(rest)
	make := func(k kind, n int) token { return token{kind: k, text: rest[:n], at: at, end: at + n} }
	switch {
	case strings.HasPrefix(rest, "[["):
		if n := strings.Index(rest, "]]"); n >= 0 {
			return make(quotedToken, n+2)
		}
		t := make(brokenToken, len(rest))
		t.reason, t.open = "[[ has no ]]", true
		return t
	case first == '\'' || first == '"':
		n, closed := stringEnd(rest)
		if closed {
			return make(stringToken, n)
		}
		t := make(brokenToken, len(rest))
		t.reason, t.open = "this quote is not closed", true
		return t
	case isDigit(rest[0]) || rest[0] == '.' && len(rest) > 1 && isDigit(rest[1]):
		return make(numberToken, numberEnd(rest))
	case startsName(first):
		return make(nameToken, nameEnd(rest))
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			return make(symbolToken, len(s))
		}
	}
	t := make(brokenToken, size)
	t.reason = "this character means nothing here: a name with it must stand in [[ ]]"
	if first == ';' {
		t.reason = "a query has no semicolon"
	}
	return t
}

// stringEnd is the length of the text in quotes that s begins with: a quote inside has a
// backslash before it, or is doubled.
func stringEnd(s string) (n int, closed bool) {
	quote := s[0]
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] != quote:
		case i+1 < len(s) && s[i+1] == quote:
			i++
		default:
			return i + 1, true
		}
	}
	return len(s), false
}

// numberEnd is generous: 12, 1.5, 1e-3, 0x1F and what is like them.
func numberEnd(s string) int {
	n := 0
	for n < len(s) {
		c := s[n]
		exponent := n > 0 && (c == '+' || c == '-') && (s[n-1] == 'e' || s[n-1] == 'E') && !strings.HasPrefix(s, "0x")
		if !isDigit(c) && c != '.' && (c|0x20 < 'a' || c|0x20 > 'z') && !exponent {
			break
		}
		n++
	}
	return n
}

func nameEnd(s string) int {
	for i, r := range s {
		if !startsName(r) && !unicode.IsDigit(r) {
			return i
		}
	}
	return len(s)
}

func startsName(r rune) bool {
	return r == '_' || r == '$' || unicode.IsLetter(r) && r != utf8.RuneError
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }
