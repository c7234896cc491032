package query

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Refusals name the place in different ways: by line and column, by a position, or by the word that was not understood.
var (
	lineColumn = regexp.MustCompile(`(?i)\bline:?\s*(\d{1,5})\D{1,12}(?:column|col|char(?:acter)?|position)[.:]?\s*(\d{1,5})`)
	position   = regexp.MustCompile(`(?i)\b(?:position|offset|column|col|char(?:acter)?|index)[.:]?\s*(\d{1,5})\b`)
	quoted     = regexp.MustCompile("(?:'([^']{1,200})'|\"([^\"]{1,200})\"|`([^`]{1,200})`)")
)

// Locate finds in a text as typed the byte that a refusal of the service is about; false when it does
// not say. s is the statement that was sent.
func Locate(typed string, s Statement, message string) (at int, found bool) {
	if m := lineColumn.FindStringSubmatch(message); m != nil {
		if at, found = within(typed, s, byteOf(s.Text, m[1], m[2])); found {
			return at, true
		}
	}
	if m := position.FindStringSubmatch(message); m != nil {
		if at, found = within(typed, s, byteOf(s.Text, "1", m[1])); found {
			return at, true
		}
	}
	for _, m := range quoted.FindAllStringSubmatch(message, -1) {
		if word := m[1] + m[2] + m[3]; strings.TrimSpace(word) != "" {
			if at = strings.Index(strings.ToLower(typed), strings.ToLower(word)); at >= 0 && at < len(typed) {
				return at, true
			}
		}
	}
	return 0, false
}

// places are the words of a refusal about the text that was sent, which is not the text that was typed.
var places = regexp.MustCompile(`(?i)^(?:BadRequest:?\s*)?(?:line \d+, column \d+:?\s*)?`)

// Reason is what a refusal says, without the place in the text that was sent.
func Reason(message string) string {
	reason := strings.TrimSuffix(places.ReplaceAllString(strings.TrimSpace(message), ""), ".")
	if reason == "" {
		return "it is not a query that it understands"
	}
	return reason
}

// byteOf is the byte at a line and column, both from 1; -1 when the text has no such place.
func byteOf(text, line, column string) int {
	l, _ := strconv.Atoi(line)
	c, _ := strconv.Atoi(column)
	at := 0
	for ; l > 1; l-- {
		n := strings.IndexByte(text[at:], '\n')
		if n < 0 {
			return -1
		}
		at += n + 1
	}
	for ; c > 1 && at < len(text); c-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	if c > 1 {
		return -1
	}
	return at
}

// within is a byte of what was sent as one of what was typed.
func within(typed string, s Statement, at int) (int, bool) {
	if at -= s.Offset; at < 0 || at > len(typed) {
		return 0, false
	}
	return at, true
}
