package query

import (
	"fmt"
	"strings"
)

type tokenKind uint8

const (
	endToken tokenKind = iota
	nameToken
	quotedNameToken // [[name]]
	stringToken
	numberToken
	symbolToken
	brokenToken // what the lexer refused, with err
)

// token is one word of a text. For names and symbols, text is as written; for
// quoted names and strings it is what they mean.
type token struct {
	kind   tokenKind
	text   string
	number float64
	offset int // in bytes
	err    error
}

// is tells whether the token is the keyword or symbol; keywords have no case.
func (t token) is(word string) bool {
	switch t.kind {
	case nameToken:
		return strings.EqualFold(t.text, word)
	case symbolToken:
		return t.text == word
	}
	return false
}

func (t token) reserved() bool { return t.kind == nameToken && reserved[strings.ToLower(t.text)] }

// String describes the token for an error.
func (t token) String() string {
	switch t.kind {
	case endToken:
		return "the end"
	case quotedNameToken:
		return "a name in [[ ]]"
	case stringToken:
		return "a string"
	case numberToken:
		return fmt.Sprintf("the number %v", t.number)
	case nameToken:
		return fmt.Sprintf("%.40q", t.text)
	}
	return "'" + t.text + "'"
}
