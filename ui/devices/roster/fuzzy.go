package roster

import (
	"bytes"
	"unicode/utf8"
)

// Query is a text that ids are searched for.
type Query struct{ lower []byte }

// NewQuery makes a query; a capital letter means the small one too.
func NewQuery(text string) Query { return Query{fold(nil, text)} }

// Scores. One that holds the whole text is above all that do not.
const (
	whole    = 1 << 20
	atStart  = 1 << 12
	adjacent = 24
	atWord   = 16
	perGap   = 1
	most     = 1 << 11
)

// Score says how well an id fits: whether it holds the letters of the query in their order, and the better the
// greater. Best are ids that hold it as it is, those first where it stands at the start, then in front; then those
// whose letters stand close together or begin words.
func (q Query) Score(id string) (int, bool) {
	var room [128]byte
	folded := fold(room[:0], id)
	if i := bytes.Index(folded, q.lower); i >= 0 {
		score := whole + most - min(i, 128) - min(len(id), 128)
		if i == 0 {
			score += atStart
		} else if begins(id, i) {
			score += atWord * 8
		}
		return score, true
	}
	return loose(id, folded, q.lower)
}

// loose finds the letters from behind: the last way in which they fit is often the closest.
func loose(id string, folded, want []byte) (int, bool) {
	n := 0
	for _, c := range folded {
		if c == want[n] {
			if n++; n == len(want) {
				break
			}
		}
	}
	if n < len(want) {
		return 0, false
	}
	score, last, at := most, -1, len(want)-1
	for i := len(folded) - 1; i >= 0 && at >= 0; i-- {
		if folded[i] != want[at] {
			continue
		}
		switch gap := last - i - 1; {
		case last < 0:
		case gap == 0:
			score += adjacent
		default:
			score -= min(perGap*gap, 32)
		}
		if begins(id, i) {
			score += atWord
		}
		last = i
		at--
	}
	return max(1, score-len(id)), true
}

// Positions are the bytes of an id that the query's letters are, in order; nil when it does not fit.
func (q Query) Positions(id string) []int {
	folded := fold(nil, id)
	out := make([]int, len(q.lower))
	if i := bytes.Index(folded, q.lower); i >= 0 {
		for n := range out {
			out[n] = i + n
		}
		return out
	}
	at := len(out) - 1
	for i := len(folded) - 1; i >= 0 && at >= 0; i-- {
		if folded[i] == q.lower[at] {
			out[at] = i
			at--
		}
	}
	if at >= 0 {
		return nil
	}
	return out
}

// fold appends s in small letters. Ids are ASCII (protocol 1.5); other bytes stay as they are.
func fold(to []byte, s string) []byte {
	for i := range len(s) {
		to = append(to, lower(s[i]))
	}
	return to
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// begins says whether a word begins at a byte: behind no letter or digit, or where digits begin or a capital does.
func begins(s string, i int) bool {
	if i == 0 {
		return true
	}
	before, here := s[i-1], s[i]
	return !isWord(before) || isDigit(here) != isDigit(before) && isWord(here) || isCapital(here) && !isCapital(before)
}

func isCapital(c byte) bool { return 'A' <= c && c <= 'Z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWord(c byte) bool {
	return c >= utf8.RuneSelf || isDigit(c) || 'a' <= lower(c) && lower(c) <= 'z'
}
