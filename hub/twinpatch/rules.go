package twinpatch

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// The limits of a twin's sections, in bytes (protocol 2.5, 9).
const (
	MaxTags    = 8 << 10
	MaxDesired = 32 << 10
)

const (
	maxName    = 1 << 10
	maxText    = 4 << 10
	maxDepth   = 10
	maxInteger = 1<<52 - 1
	minInteger = -1 << 52
)

// Check finds what a hub would refuse in a section of a twin, tags or desired properties, and may hold at most limit
// bytes: names, texts, numbers, depth and size (protocol 2.5). The mistakes are in the order of the text.
func Check(section *Value, limit int) []*Mistake {
	c := checker{}
	c.object(section, nil, 0)
	if size := section.WithoutNulls().Size(); size > limit {
		c.found(section.Place, nil, "this is %d bytes by the rules of a twin, and may be %d", size, limit)
		slices.SortStableFunc(c.mistakes, func(a, b *Mistake) int {
			if a.Place.Line != b.Place.Line {
				return a.Place.Line - b.Place.Line
			}
			return a.Place.Column - b.Place.Column
		})
	}
	return c.mistakes
}

type checker struct{ mistakes []*Mistake }

func (c *checker) found(at Place, path []string, format string, args ...any) {
	c.mistakes = append(c.mistakes, &Mistake{Place: at, Path: slices.Clone(path), Reason: fmt.Sprintf(format, args...)})
}

func (c *checker) object(v *Value, path []string, depth int) {
	if depth > maxDepth {
		c.tooDeep(v, path)
		return
	}
	for _, m := range v.Members {
		inner := append(slices.Clone(path), m.Name)
		c.name(m, inner)
		c.value(m.Value, inner, depth)
	}
}

func (c *checker) tooDeep(v *Value, path []string) {
	c.found(v.Place, path, "this is nested more than %d levels deep", maxDepth)
}

func (c *checker) name(m Member, path []string) {
	switch {
	case m.Name == "":
		c.found(m.Place, path, "a name must not be empty")
		return
	case len(m.Name) > maxName:
		c.found(m.Place, path, "this name has %d bytes, and may have %d", len(m.Name), maxName)
		return
	}
	for _, r := range m.Name {
		if what := forbidden(r); what != "" {
			c.found(m.Place, path, "a name must not hold %s", what)
			return
		}
	}
}

func forbidden(r rune) string {
	switch {
	case r == '.':
		return "a dot"
	case r == '$':
		return "a dollar sign: such names are the hub's own"
	case r == ' ':
		return "a blank"
	case unicode.IsControl(r):
		return "a control character"
	}
	return ""
}

func (c *checker) value(v *Value, path []string, depth int) {
	switch v.Kind {
	case Text:
		if len(v.Text) > maxText {
			c.found(v.Place, path, "this text has %d bytes, and may have %d", len(v.Text), maxText)
		}
	case Number:
		c.number(v, path)
	case Object:
		c.object(v, path, depth+1)
	case Array:
		c.array(v, path, depth+1)
	}
}

func (c *checker) array(v *Value, path []string, depth int) {
	if depth > maxDepth {
		c.tooDeep(v, path)
		return
	}
	for i, item := range v.Items {
		inner := append(slices.Clone(path), strconv.Itoa(i))
		if item.IsNull() {
			c.found(item.Place, inner, "an array must not hold null")
			continue
		}
		c.value(item, inner, depth)
	}
}

func (c *checker) number(v *Value, path []string) {
	if strings.ContainsAny(v.Text, ".eE") {
		if f, err := strconv.ParseFloat(v.Text, 64); err != nil || math.IsInf(f, 0) {
			c.found(v.Place, path, "this number is too large")
		}
		return
	}
	if n, err := strconv.ParseInt(v.Text, 10, 64); err != nil || n < minInteger || n > maxInteger {
		c.found(v.Place, path, "an integer must be from %d to %d", int64(minInteger), int64(maxInteger))
	}
}

// Size is what counts against the limit of a section: names and texts by their bytes, numbers 8, booleans 4.
func (v *Value) Size() int {
	n := 0
	switch {
	case v.Kind == Text:
		return len(v.Text)
	case v.Kind == Number:
		return 8
	case v.Kind == Word && !v.IsNull():
		return 4
	}
	for _, m := range v.Members {
		n += len(m.Name) + m.Value.Size()
	}
	for _, item := range v.Items {
		n += item.Size()
	}
	return n
}
