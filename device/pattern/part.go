package pattern

import (
	"strconv"
	"strings"
)

// part is a piece of a pattern: text, which is a part with one value, or the values of a brace.
type part struct {
	column int
	values []value
}

func (p part) len() int {
	n := 0
	for _, v := range p.values {
		n += v.len()
	}
	return n
}

func (p part) append(b []byte, i int) []byte {
	for _, v := range p.values {
		if i < v.len() {
			return v.append(b, i)
		}
		i -= v.len()
	}
	return b
}

// widths are the lengths of the shortest and the longest value.
func (p part) widths() (least, most int) {
	least, most = p.values[0].widths()
	for _, v := range p.values[1:] {
		l, m := v.widths()
		least, most = min(least, l), max(most, m)
	}
	return least, most
}

// value is one text, or a range.
type value struct {
	column int
	text   string // of one that is no range

	count       int    // of a range: how many, at least 1
	first, step uint64 // of a range; letters by their code
	down        bool
	letters     bool
	width       int // digits, filled up with zeros; 0: as many as there are
}

func (v value) isRange() bool { return v.count > 0 }

func (v value) len() int { return max(v.count, 1) }

func (v value) append(b []byte, i int) []byte {
	if !v.isRange() {
		return append(b, v.text...)
	}
	n := v.at(i)
	if v.letters {
		return append(b, byte(n))
	}
	var room [20]byte
	digits := strconv.AppendUint(room[:0], n, 10)
	for range v.width - len(digits) {
		b = append(b, '0')
	}
	return append(b, digits...)
}

func (v value) at(i int) uint64 {
	if v.down {
		return v.first - uint64(i)*v.step
	}
	return v.first + uint64(i)*v.step
}

func (v value) widths() (least, most int) {
	first, last := len(v.append(nil, 0)), len(v.append(nil, v.len()-1))
	return min(first, last), max(first, last)
}

// characters are those that may occur in the values.
func (p part) characters() string {
	var b strings.Builder
	for _, v := range p.values {
		switch {
		case !v.isRange():
			b.WriteString(v.text)
		case v.letters:
			for i := range v.count {
				b.WriteByte(byte(v.at(i)))
			}
		default:
			b.WriteString("0123456789")
		}
	}
	return b.String()
}

// starts are the characters that the values may start with.
func (p part) starts() string {
	var b strings.Builder
	for _, v := range p.values {
		if v.isRange() {
			b.WriteString(part{values: []value{v}}.characters())
			continue
		}
		b.WriteByte(v.text[0])
	}
	return b.String()
}

// twice looks for a text that two values of the part give, and tells the later of the two.
func (p part) twice() (text string, later value, found bool) {
	if len(p.values) == 1 {
		return "", value{}, false
	}
	seen := make(map[string]struct{}, p.len())
	var b []byte
	for _, v := range p.values {
		for i := range v.len() {
			b = v.append(b[:0], i)
			if _, known := seen[string(b)]; known {
				return string(b), v, true
			}
			seen[string(b)] = struct{}{}
		}
	}
	return "", value{}, false
}
