package filter

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"

	"hubscope/ui/monitor/field"
	"hubscope/ui/safe"
)

// word is a part of a filter as typed.
type word struct {
	at      int    // where it stands
	exclude bool   // with a minus before it
	key     string // what stands before the colon, "" when it is text
	name    string // of a property
	sign    string // of a comparison: = == != < <= > >=
	text    string
	quoted  bool // then it is text whatever is in it
	pattern bool // between slashes
	flags   string
	keyAt   int // where the value stands
}

// keys are what may stand before a colon, by the field that they mean; prop is for itself.
var keys = map[string]string{
	"device": "device", "module": "module", "source": "source", "partition": "partition", "sequence": "sequence",
	"size": "size", "age": "age", "messageId": "messageId", "correlationId": "correlationId",
	"contentType": "contentType", "contentEncoding": "contentEncoding",
	"prop": "properties", "property": "properties",
}

// amounts are the fields that are numbers.
var amounts = map[string]string{"size": "1kB", "age": "5m", "sequence": "500"}

func parseWords(source string, f *Filter) error {
	words, err := splitWords(source)
	if err != nil {
		return err
	}
	for i, w := range words {
		if i > 0 && w.text == "=" && !w.quoted && isRoot(words[i-1].text) {
			return wrong(source, w.at, "two signs compare: ==")
		}
		t, err := w.test(source, f)
		if err != nil {
			return err
		}
		switch {
		case t == nil:
		case w.exclude:
			f.tests = append(f.tests, func(p *probe) bool { return !t(p) })
		default:
			f.tests = append(f.tests, t)
		}
	}
	return nil
}

// splitWords takes a filter apart at spaces that are in no quotes and no pattern.
func splitWords(source string) (words []word, err error) {
	for rest := source; ; {
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		if rest == "" {
			return words, nil
		}
		w := word{at: len(source) - len(rest)}
		if after, found := strings.CutPrefix(rest, "-"); found && after != "" && !startsWithSpace(after) {
			w.exclude, rest = true, after
		}
		rest = w.cutKey(rest)
		w.keyAt = len(source) - len(rest)
		if rest, err = w.cutValue(source, rest); err != nil {
			return nil, err
		}
		words = append(words, w)
	}
}

func startsWithSpace(s string) bool { return strings.IndexFunc(s, unicode.IsSpace) == 0 }

var keyed = regexp.MustCompile(`^([A-Za-z]+):`)

// named is the name of a property, with the sign behind it when a value follows.
var named = regexp.MustCompile(`^("[^"]*"|[^\s=<>!"]+)(==|=|!=|<=|>=|<|>)?`)

var signed = regexp.MustCompile(`^(==|=|!=|<=|>=|<|>)`)

// cutKey takes key: away, and what of a comparison follows.
func (w *word) cutKey(rest string) string {
	parts := keyed.FindStringSubmatch(rest)
	if parts == nil || keys[parts[1]] == "" {
		return rest
	}
	w.key, rest = keys[parts[1]], rest[len(parts[0]):]
	if w.key == "properties" {
		if parts := named.FindStringSubmatch(rest); parts != nil {
			w.name, w.sign, rest = strings.Trim(parts[1], `"`), parts[2], rest[len(parts[0]):]
		}
		return rest
	}
	w.sign = signed.FindString(rest)
	return rest[len(w.sign):]
}

var errOpenQuote = errors.New(`the quote is not closed: end it with "`)

// cutValue takes the text, up to a space or the end of the quotes.
func (w *word) cutValue(source, rest string) (string, error) {
	at := len(source) - len(rest)
	if inside, found := strings.CutPrefix(rest, `"`); found {
		inside, after, closed := strings.Cut(inside, `"`)
		if !closed {
			return "", wrong(source, at, errOpenQuote.Error())
		}
		w.text, w.quoted = inside, true
		return after, nil
	}
	if len(rest) > 1 && rest[0] == '/' && !startsWithSpace(rest[1:]) {
		pattern, after, closed := cutPattern(rest)
		if !closed {
			return "", wrong(source, at, "the regular expression is not closed: end it with /, or find the text by quotes around it")
		}
		end := endOfWord(after)
		if flags := after[:end]; flags == "" || flags == "i" {
			w.text, w.pattern, w.flags = pattern, true, flags
			return after[end:], nil
		}
		return "", wrong(source, len(source)-len(after), `behind the second / comes a space or i; a text with / in it stands in quotes`)
	}
	end := endOfWord(rest)
	w.text = rest[:end]
	return rest[end:], nil
}

func endOfWord(s string) int {
	if end := strings.IndexFunc(s, unicode.IsSpace); end >= 0 {
		return end
	}
	return len(s)
}

// cutPattern takes what is between two slashes; one with a backslash before it does not end it.
func cutPattern(s string) (pattern, after string, closed bool) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '/':
			return strings.ReplaceAll(s[1:i], `\/`, `/`), s[i+1:], true
		}
	}
	return "", "", false
}

// cutRegexp is cutPattern for a whole text: what is behind are flags.
func cutRegexp(s string) (pattern, flags string, closed bool) { return cutPattern(s) }

// compileRegexp compiles a pattern; the flag i makes both cases alike.
func compileRegexp(pattern, flags string) (*regexp.Regexp, error) {
	if flags == "i" {
		pattern = "(?i)" + pattern
	}
	return regexp.Compile(pattern)
}

// regexpProblem says in a sentence what is wrong with a regular expression.
func regexpProblem(err error) string {
	var e *syntax.Error
	if errors.As(err, &e) {
		return "the regular expression has a mistake: " + string(e.Code) + " at " + safe.Line(e.Expr, 40)
	}
	return "the regular expression has a mistake: " + err.Error()
}

// test compiles a word; nil when it says nothing yet.
func (w *word) test(source string, f *Filter) (test, error) {
	switch {
	case w.key == "" && w.pattern:
		re, err := compileRegexp(w.text, w.flags)
		if err != nil {
			return nil, wrong(source, w.keyAt+1, regexpProblem(err))
		}
		return w.anywhere(Mark{re: re}, f), nil
	case w.key == "" && (w.quoted || !isGlob(w.text)):
		if w.text == "" {
			return nil, nil
		}
		return w.anywhere(TextMark(w.text), f), nil
	case w.key == "":
		return w.glob(source, "device", readField("device"))
	case w.key == "properties" && w.name == "":
		return nil, wrong(source, w.keyAt, "a property needs a name: prop:name, prop:name=value")
	case w.key == "properties" && w.sign == "":
		return holds(read(field.Of("properties", w.name))), nil
	case w.key == "properties":
		return w.compared(source, "properties", read(field.Of("properties", w.name)))
	case w.text == "" && !w.quoted:
		return nil, nil // still typing
	case amounts[w.key] != "":
		return w.amount(source, f)
	}
	return w.compared(source, w.key, readField(w.key))
}

func isGlob(text string) bool { return strings.ContainsAny(text, "*?") }

func readField(name string) operand { return read(field.Of(name)) }

// anywhere looks for a mark, and remembers it for the rows.
func (w *word) anywhere(m Mark, f *Filter) test {
	if !w.exclude {
		f.marks = append(f.marks, m)
	}
	return m.in
}

// amount compares a number.
func (w *word) amount(source string, f *Filter) (test, error) {
	n, ok := parseUnits(w.text)
	if !ok || w.pattern {
		return nil, wrong(source, w.keyAt, fmt.Sprintf("%s is compared with a number: %s:>%s", w.key, w.key, amounts[w.key]))
	}
	var get operand
	if w.key == "age" {
		f.timed = true
		get = func(p *probe) value { return value{kind: number, num: p.age()} }
	} else {
		get = readField(w.key)
	}
	return compare(operatorOf(w.sign), &side{get: get}, literalOf(nil, value{kind: number, num: n})), nil
}

func operatorOf(sign string) string {
	if sign == "" || sign == "=" {
		return "=="
	}
	return sign
}

// compared is a field of text: a pattern, a glob, or all of it; with < and > a number or what comes in order.
func (w *word) compared(source, name string, get operand) (test, error) {
	operator := operatorOf(w.sign)
	equal := operator == "==" || operator == "!="
	switch {
	case equal && w.pattern:
		re, err := compileRegexp(w.text, w.flags)
		if err != nil {
			return nil, wrong(source, w.keyAt+1, regexpProblem(err))
		}
		return unless(operator == "!=", get, re.MatchString), nil
	case equal && !w.quoted:
		return w.glob(source, name, get)
	}
	literal := value{kind: text, text: w.text}
	if n, ok := parseUnits(w.text); ok && !equal && !w.quoted {
		literal = value{kind: number, num: n}
	}
	if equal {
		return unless(operator == "!=", get, func(s string) bool { return s == w.text }), nil
	}
	return compare(operator, &side{get: get}, literalOf(nil, literal)), nil
}

// unless tests a field as text, which must be there; not turns the outcome round.
func unless(not bool, get operand, is func(string) bool) test {
	return func(p *probe) bool {
		v := get(p)
		if v.kind <= null {
			return false
		}
		return is(v.words()) != not
	}
}

// maxKnown bounds what a glob remembers of texts that it was tried on.
const maxKnown = 20_000

// glob compares with * and ?; without these with the whole text.
func (w *word) glob(source, name string, get operand) (test, error) {
	pattern := w.text
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, wrong(source, w.keyAt, fmt.Sprintf("%s is not a pattern: use * and ?, or put it in quotes to find text", pattern))
	}
	not := w.sign == "!="
	if !strings.ContainsAny(pattern, `*?[\`) {
		return unless(not, get, func(s string) bool { return s == pattern }), nil
	}
	known := map[string]bool{}
	return unless(not, get, func(s string) bool {
		is, found := known[s]
		if found {
			return is
		}
		is, _ = path.Match(strings.ReplaceAll(pattern, "/", slash), strings.ReplaceAll(s, "/", slash))
		if len(known) < maxKnown {
			known[s] = is
		}
		return is
	}), nil
}

// slash stands for / in a glob, where * matches all.
const slash = "\x00"
