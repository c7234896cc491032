package pattern

import (
	"fmt"
	"strconv"
	"strings"
)

// maxDigits keeps numbers and their differences within 64 bits.
const maxDigits = 18

// readValue reads what stands between two commas of a brace.
func readValue(text string, column int) (value, error) {
	if text == "" {
		return value{}, wrong(column, "there is no value here: a range is written {1..250}, a list {a,b}")
	}
	ends := strings.Split(text, "..")
	if len(ends) == 1 {
		return value{column: column, text: text}, nil
	}
	if len(ends) > 3 {
		return value{}, wrong(column, "%s has too many dots: a range is written {1..250}, one with steps {0..100..10}", text)
	}
	v := value{column: column, step: 1}
	if len(ends) == 3 {
		step, ok := number(ends[2])
		if !ok || step == 0 {
			return value{}, wrong(column+len(ends[0])+len(ends[1])+4, "the step of a range is a number from 1, as in {0..100..10}")
		}
		v.step = step
	}
	if isLetter(ends[0]) && isLetter(ends[1]) {
		return v.withLetters(ends[0][0], ends[1][0])
	}
	return v.withNumbers(ends[0], ends[1])
}

func (v value) withLetters(from, to byte) (value, error) {
	if isUpper(from) != isUpper(to) {
		return value{}, wrong(v.column, "%c..%c goes from small letters to capitals: write {a..f} or {A..F}", from, to)
	}
	v.letters = true
	return v.between(uint64(from), uint64(to))
}

func (v value) withNumbers(from, to string) (value, error) {
	ends := [2]uint64{}
	column := v.column
	for i, text := range []string{from, to} {
		n, ok := number(text)
		switch {
		case !ok && len(text) > maxDigits:
			return value{}, wrong(column, "the numbers of a range have at most %d digits", maxDigits)
		case !ok:
			return value{}, wrong(column, "a range goes from a number to a number or from a letter to a letter, as in {1..250} or {a..f}")
		}
		ends[i] = n
		column += len(text) + len("..")
	}
	if hasLeadingZero(from) || hasLeadingZero(to) {
		v.width = max(len(from), len(to))
	}
	return v.between(ends[0], ends[1])
}

// between fills in how many there are, which is bounded here since sums of counts must not overflow.
func (v value) between(first, last uint64) (value, error) {
	v.first, v.down = first, last < first
	count := (max(first, last)-min(first, last))/v.step + 1
	if count > MaxIDs {
		return value{}, wrong(v.column, "this range has %s values: a pattern gives at most %s ids", grouped(count), grouped(MaxIDs))
	}
	v.count = int(count)
	return v, nil
}

func number(text string) (uint64, bool) {
	if text == "" || len(text) > maxDigits || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseUint(text, 10, 64)
	return n, err == nil
}

func hasLeadingZero(text string) bool { return len(text) > 1 && text[0] == '0' }

func isLetter(text string) bool {
	return len(text) == 1 && (text[0] >= 'a' && text[0] <= 'z' || isUpper(text[0]))
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

// grouped writes a number as 1,000,000.
func grouped(n uint64) string {
	text := strconv.FormatUint(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func nameOf(r rune) string {
	switch {
	case r == ' ':
		return "a blank"
	case r == '\t':
		return "a tab"
	case r == '\uFFFD':
		return "a byte that is not UTF-8"
	}
	return fmt.Sprintf("%q", r)
}
