// Package jsontext says in words what keeps a text from being JSON, for people who type it.
package jsontext

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// Mistake is the first thing that keeps a text from being one JSON value, in words without a full stop, and the offset in
// bytes at which it is. It says false when the text is right; a text of white space alone is not.
func Mistake(text []byte) (at int, words string, wrong bool) {
	var syntax *json.SyntaxError
	err := json.Unmarshal(text, new(json.RawMessage))
	switch {
	case err == nil:
		return 0, "", false
	case !errors.As(err, &syntax):
		return 0, err.Error(), true
	case strings.HasPrefix(syntax.Error(), "unexpected end"):
		at = len(bytes.TrimRight(text, " \t\r\n"))
		return at, missing(text[:at]) + " is missing at the end", true
	}
	at = int(min(max(0, syntax.Offset-1), int64(len(text)))) // the package json gives the byte behind it
	return at, inWords(syntax.Error(), text[at:]), true
}

// inWords says an error of encoding/json for people. rest begins with what it is about.
func inWords(said string, rest []byte) string {
	has := func(part string) bool { return strings.Contains(said, part) }
	begins := func(set string) bool { return len(rest) > 0 && strings.IndexByte(set, rest[0]) >= 0 }
	switch {
	case begins("}]") && (has("beginning of object key") || has("beginning of value")):
		return "a value is missing, or there is a comma too many before this"
	case has("beginning of object key"):
		return "a name in double quotes is expected here"
	case has("beginning of value"):
		return "a value is expected here: texts are in double quotes"
	case has("after object key:value pair"):
		return "a comma or } is expected here"
	case has("after array element"):
		return "a comma or ] is expected here"
	case has("after object key"):
		return "a colon is expected here"
	case has("in string literal") && begins("\r\n"):
		return "a text ends with its line: the closing quote is missing"
	case has("in string literal"):
		return `a text has no such character: write it as an escape, as \t or \u0000`
	case has("escape"):
		return `there is no such escape: \" \\ \/ \b \f \n \r \t \u0000`
	case has("after top-level value"):
		return "one value is complete here, and more follows"
	case has("numeric"), has("decimal"), has("exponent"):
		return "this is no number"
	case has("in literal"):
		return "this is no value: texts are in double quotes"
	}
	return said
}

// missing says what a text that ends too early lacks.
func missing(text []byte) string {
	var open []byte
	inside, escaped := false, false
	for _, c := range text {
		switch {
		case escaped:
			escaped = false
		case inside && c == '\\':
			escaped = true
		case c == '"':
			inside = !inside
		case inside:
		case c == '{' || c == '[':
			open = append(open, c+2) // the closing bracket, in ASCII
		case (c == '}' || c == ']') && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	switch {
	case inside:
		return `a closing "`
	case len(open) > 0:
		return "a closing " + string(open[len(open)-1])
	}
	return "a value"
}
