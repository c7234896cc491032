package query

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexer splits a text into tokens (protocol 3.1).
type lexer struct {
	text string
	at   int
}

// symbols are tried in this order.
var symbols = []string{"<>", "!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", "."}

func (l *lexer) next() (token, error) {
	l.skipSpace()
	if l.at == len(l.text) {
		return token{offset: l.at}, nil
	}
	rest := l.text[l.at:]
	first, _ := utf8.DecodeRuneInString(rest)
	switch {
	case strings.HasPrefix(rest, "[["):
		return l.quotedName()
	case first == '\'' || first == '"':
		return l.quotedString()
	case isDigit(rest[0]) || rest[0] == '.' && len(rest) > 1 && isDigit(rest[1]):
		return l.number()
	case startsName(first):
		return l.name(), nil
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			l.at += len(s)
			return token{kind: symbolToken, text: s, offset: l.at - len(s)}, nil
		}
	}
	return token{}, l.unknown(first)
}

func (l *lexer) unknown(r rune) error {
	switch {
	case r == ';':
		return errorAt(l.text, l.at, "a query has no semicolon")
	case r == utf8.RuneError || !unicode.IsPrint(r):
		return errorAt(l.text, l.at, "the character %U has no meaning here", r)
	}
	return errorAt(l.text, l.at, "the character '%c' has no meaning here, a name with it must stand in [[ ]]", r)
}

func (l *lexer) skipSpace() {
	for l.at < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.at:])
		if !unicode.IsSpace(r) {
			return
		}
		l.at += size
	}
}

func (l *lexer) name() token {
	start := l.at
	for l.at < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.at:])
		if !startsName(r) && !unicode.IsDigit(r) {
			break
		}
		l.at += size
	}
	return token{kind: nameToken, text: l.text[start:l.at], offset: start}
}

// quotedName reads [[any text]].
func (l *lexer) quotedName() (token, error) {
	start := l.at
	end := strings.Index(l.text[start:], "]]")
	if end < 0 {
		return token{}, errorAt(l.text, start, "[[ has no ]]")
	}
	name := l.text[start+2 : start+end]
	if name == "" {
		return token{}, errorAt(l.text, start, "the name in [[ ]] is empty")
	}
	l.at = start + end + 2
	return token{kind: quotedNameToken, text: name, offset: start}, nil
}

func startsName(r rune) bool {
	return r == '_' || r == '$' || unicode.IsLetter(r) && r != utf8.RuneError
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }
