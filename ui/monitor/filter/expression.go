package filter

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// parseExpression reads an expression. What it says of a boolean kind is done here, on values that need no boxes; all
// else is left to the virtual machine of expr, with operators that give false where a field is missing.
func parseExpression(source string, f *Filter) error {
	spelled, columns := spellUnits(source)
	tree, err := parser.Parse(spelled)
	if err != nil {
		return place(err, spelled, columns)
	}
	c := &compiler{source: []rune(spelled), filter: f}
	t, err := c.condition(tree.Node)
	if err != nil {
		return place(err, spelled, columns)
	}
	f.tests = append(f.tests, t)
	return nil
}

// spellUnits writes 5m as 300 and 2kB as 2048, where expr knows numbers only. columns tells for each character of the
// result which one of the source it was.
func spellUnits(source string) (spelled string, columns []int) {
	var out []rune
	bare := []rune(blankQuotes(source))
	runes := []rune(source)
	put := func(text string, column int) {
		for _, r := range text {
			out, columns = append(out, r), append(columns, column)
		}
	}
	if len(bare) != len(runes) { // not UTF-8
		put(source, 0)
		return source, columns
	}
	for i := 0; i < len(runes); i++ {
		free := i == 0 || !isWordRune(bare[i-1]) && bare[i-1] != '.'
		literal := ""
		if free && bare[i] >= '0' && bare[i] <= '9' {
			literal = unitLiteral(bare[i:])
		}
		if literal == "" {
			put(string(runes[i]), i)
			continue
		}
		n, _ := parseUnits(literal)
		put(plainNumber(n), i)
		i += len(literal) - 1
	}
	return string(out), columns
}

func isWordRune(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= utf8.RuneSelf
}

// unitLiteral gives the number with its unit that a text begins with, "" when there is none.
func unitLiteral(bare []rune) string {
	end := 0
	for end < len(bare) && (isWordRune(bare[end]) || bare[end] == '.') {
		end++
	}
	head := string(bare[:end])
	if parts := unitNumber.FindString(head); parts != head {
		return ""
	}
	return head
}

// place makes an error of any kind one of ours, about a column of what was typed.
func place(err error, spelled string, columns []int) error {
	at := func(from int) int {
		if from < len(columns) {
			return columns[from] + 1
		}
		if len(columns) == 0 {
			return 1
		}
		return columns[len(columns)-1] + 2
	}
	var own *Error
	if errors.As(err, &own) {
		return &Error{own.Text, at(own.Column - 1)}
	}
	var theirs *file.Error
	if !errors.As(err, &theirs) {
		return &Error{err.Error(), 1}
	}
	from := whence(theirs, []rune(spelled))
	return &Error{sentence(theirs.Message, []rune(spelled), from), at(from)}
}

// whence is the character that an error of expr is about. Some of them tell where the reader stood at last.
func whence(e *file.Error, spelled []rune) int {
	from := min(e.From, len(spelled))
	switch {
	case strings.Contains(e.Message, "EOF"), strings.HasPrefix(e.Message, "unexpected end"):
		return len(spelled)
	case strings.HasPrefix(e.Message, "literal not terminated"):
		return openQuote(spelled)
	case strings.HasPrefix(e.Message, "bad number"):
		for from > 0 && (isWordRune(spelled[from-1]) || spelled[from-1] == '.') {
			from--
		}
	}
	return from
}

// openQuote is where the quote begins that is not closed.
func openQuote(spelled []rune) int {
	quote, at := rune(0), 0
	for i := 0; i < len(spelled); i++ {
		switch r := spelled[i]; {
		case quote != 0 && r == '\\' && quote != '`':
			i++
		case quote == r:
			quote = 0
		case quote == 0 && (r == '"' || r == '\'' || r == '`'):
			quote, at = r, i
		}
	}
	return at
}

var (
	unexpected = regexp.MustCompile(`^unexpected token (\w+)(?:\("(.*)"\))?$`)
	mismatched = regexp.MustCompile(`^invalid operation: (\S+) \(mismatched types? (\S+)(?: and (\S+))?\)`)
)

// sentence says in plain words what expr has to say.
func sentence(message string, spelled []rune, from int) string {
	if parts := unexpected.FindStringSubmatch(message); parts != nil {
		switch {
		case parts[1] == "EOF":
			return "something is missing here"
		case parts[2] == "=":
			return "two signs compare: =="
		}
		return "this does not belong here: " + strings.ReplaceAll(parts[2], `\"`, `"`)
	}
	if parts := mismatched.FindStringSubmatch(message); parts != nil {
		if parts[3] == "" {
			return parts[1] + " does not go with " + typeName(parts[2])
		}
		return parts[1] + " does not go with " + typeName(parts[2]) + " and " + typeName(parts[3])
	}
	switch {
	case message == "unexpected end of expression":
		return "something is missing here"
	case message == "literal not terminated":
		return "the quote is not closed"
	case strings.HasPrefix(message, "unrecognized character"):
		if from < len(spelled) {
			return string(spelled[from]) + " means nothing here"
		}
		return "this character means nothing here"
	case strings.HasPrefix(message, "bad number syntax"):
		return "this is no number; units are ms, s, m, h, d, B, kB and MB"
	}
	first, _, _ := strings.Cut(message, "\n")
	return first
}

func typeName(of string) string {
	switch of {
	case "string":
		return "text"
	case "int", "float64":
		return "a number"
	case "bool":
		return "true or false"
	}
	return of
}
