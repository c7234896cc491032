// Package field names parts of an event: what a filter compares, a chart draws, a table counts by and an export writes
// in a column.
//
//	body.windSpeed   body.a[0].b   body["a.b"]   body      of a body that is JSON, also packed or compressed
//	properties.Property   system.iothub-enqueuedtime       application properties and annotations
//	device  module  partition  sequence  offset  enqueued  received  source  size  messageId  correlationId
//	contentType  contentEncoding
package field

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Path names a part of an event. The zero Path names nothing.
type Path struct {
	text  string
	root  string
	names []string // inside body, properties or system
	json  string   // the names as a path of gjson
}

// String is the path as typed.
func (p Path) String() string { return p.text }

// Short is the last name of the path, for a heading.
func (p Path) Short() string {
	if len(p.names) > 0 {
		return p.names[len(p.names)-1]
	}
	return p.root
}

// IsZero tells whether the path names nothing.
func (p Path) IsZero() bool { return p.root == "" }

// Roots are what a path can begin with.
func Roots() []string {
	names := []string{body, properties, system}
	for name := range plain {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

const (
	body       = "body"
	properties = "properties"
	system     = "system"
)

// Parse reads a path; its errors are sentences.
func Parse(text string) (Path, error) {
	names, err := split(strings.TrimSpace(text))
	if err != nil {
		return Path{}, err
	}
	p := Path{text: strings.TrimSpace(text), root: names[0], names: names[1:]}
	switch _, known := plain[p.root]; {
	case known && len(p.names) > 0:
		return Path{}, fmt.Errorf("%s is one value: there is no %s in it", p.root, p.names[0])
	case known, p.root == body:
	case p.root != properties && p.root != system:
		return Path{}, fmt.Errorf("there is no field %q: a field begins with %s", p.root, strings.Join(Roots(), ", "))
	case len(p.names) > 1: // names of properties may have dots in them
		p.names = []string{strings.Join(p.names, ".")}
	case len(p.names) == 0:
		return Path{}, fmt.Errorf("%s needs a name: %s.name", p.root, p.root)
	}
	p.json = jsonPath(p.names)
	return p, nil
}

// Of makes the path of names below a root, such as body, a, 0, b.
func Of(root string, names ...string) Path {
	p := Path{root: root, names: names, json: jsonPath(names)}
	var text strings.Builder
	text.WriteString(root)
	for _, name := range names {
		switch {
		case isIndex(name):
			fmt.Fprintf(&text, "[%s]", name)
		case isName(name):
			text.WriteString("." + name)
		default:
			fmt.Fprintf(&text, "[%s]", strconv.Quote(name))
		}
	}
	p.text = text.String()
	return p
}

var errNoName = errors.New("a field needs a name, such as body.windSpeed")

// split takes a path apart at dots and brackets.
func split(text string) (names []string, err error) {
	for first := true; text != "" || first; first = false {
		switch {
		case !first && strings.HasPrefix(text, "["):
			name, rest, err := bracket(text)
			if err != nil {
				return nil, err
			}
			names, text = append(names, name), rest
			continue
		case !first && strings.HasPrefix(text, "."):
			text = text[1:]
		case !first:
			return nil, fmt.Errorf("after a bracket comes . or [, not %q", text)
		}
		end := strings.IndexAny(text, ".[")
		if end < 0 {
			end = len(text)
		}
		if end == 0 {
			return nil, errNoName
		}
		names, text = append(names, text[:end]), text[end:]
	}
	return names, nil
}

// bracket reads [0] or ["a name"].
func bracket(text string) (name, rest string, err error) {
	inside := text[1:]
	if strings.HasPrefix(inside, `"`) {
		quoted, err := strconv.QuotedPrefix(inside)
		if err != nil {
			return "", "", errors.New(`the quote is not closed: end it with "]`)
		}
		name, err = strconv.Unquote(quoted)
		if err != nil {
			return "", "", err
		}
		rest, closed := strings.CutPrefix(inside[len(quoted):], "]")
		if !closed {
			return "", "", errors.New("the bracket is not closed: end it with ]")
		}
		return name, rest, nil
	}
	name, rest, closed := strings.Cut(inside, "]")
	if !closed || !isIndex(name) {
		return "", "", errors.New(`a bracket holds a number or a name in quotes: [0] or ["a name"]`)
	}
	return name, rest, nil
}

func isIndex(name string) bool {
	n, err := strconv.Atoi(name)
	return err == nil && n >= 0 && strconv.Itoa(n) == name
}

// isName tells whether a name can stand behind a dot.
func isName(name string) bool {
	return name != "" && !strings.ContainsAny(name, ".[]\"' \t") && strconv.Quote(name) == `"`+name+`"`
}

// jsonPath writes names as a path of gjson, which gives a meaning to many signs.
func jsonPath(names []string) string {
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteByte('.')
		}
		for _, c := range []byte(name) {
			if strings.IndexByte(`.*?|#@!{}[]()=<>%"'\,:+~^`, c) >= 0 {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		}
	}
	return b.String()
}
