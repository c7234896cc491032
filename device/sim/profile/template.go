package profile

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"hubscope/device"
)

// template is text with references in it.
type template struct {
	parts []part
	// fixed is the whole text when there is no reference.
	fixed   string
	isFixed bool
}

// part is a text, or a reference and how its value is written.
type part struct {
	literal string
	ref     *ref
	as      writing
}

type writing uint8

const (
	asText   writing = iota // as it is
	asJSON                  // as a value of JSON
	asQuoted                // within a text of JSON
)

// builder makes a template of parts.
type builder struct {
	*reader
	parts   []part
	literal strings.Builder
}

func (b *builder) put(ref *ref, as writing) {
	b.cut()
	b.parts = append(b.parts, part{ref: ref, as: as})
}

func (b *builder) cut() {
	if b.literal.Len() > 0 {
		b.parts = append(b.parts, part{literal: b.literal.String()})
		b.literal.Reset()
	}
}

func (b *builder) template() *template {
	b.cut()
	switch {
	case len(b.parts) == 0:
		return &template{isFixed: true}
	case len(b.parts) == 1 && b.parts[0].ref == nil:
		return &template{isFixed: true, fixed: b.parts[0].literal}
	}
	return &template{parts: b.parts}
}

// pieces splits a text at its references; each has the offset of its expression in the file.
type piece struct {
	text string
	ref  *ref
}

// pieces reads the references of a text. A reference that is wrong is told of, and left out.
func (r *reader) pieces(n *node) (out []piece) {
	rest, order := n.text, 0
	for {
		head, tail, found := strings.Cut(rest, "{{")
		if head != "" {
			out = append(out, piece{text: head})
		}
		if !found {
			return out
		}
		source, after, closed := cutClosing(tail)
		at, exact := r.opening(n, order, source)
		if !closed {
			r.wrong(at, "{{ without }} after it")
			return out
		}
		if ref := r.expression(source, at, exact); ref != nil {
			out = append(out, piece{ref: ref})
		}
		order += 1 + strings.Count(source, "{{")
		rest = after
	}
}

// cutClosing finds the }} that ends a reference; braces in quotes and of objects are part of it.
func cutClosing(s string) (source, after string, closed bool) {
	depth, quote := 0, byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0:
			if c == '\\' && quote != '`' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '{':
			depth++
		case c == '}' && depth > 0:
			depth--
		case c == '}' && i+1 < len(s) && s[i+1] == '}':
			return s[:i], s[i+2:], true
		}
	}
	return s, "", false
}

// opening is where the expression behind the {{ of that order stands in the file, and whether it is written there just
// as it is read, without escapes.
func (r *reader) opening(n *node, order int, source string) (at int, exact bool) {
	if n.end <= n.at || n.end > len(r.source) {
		return n.at, false
	}
	raw := r.source[n.at:n.end]
	from := 0
	for ; ; order-- {
		i := bytes.Index(raw[from:], []byte("{{"))
		if i < 0 {
			return n.at, false
		}
		from += i + 2
		if order == 0 {
			break
		}
	}
	return n.at + from, bytes.HasPrefix(raw[from:], []byte(source))
}

// expression reads what stands at an offset of the file.
func (r *reader) expression(source string, at int, exact bool) *ref {
	ref, wrong := r.scope.expression(source, at)
	if wrong == nil {
		return ref
	}
	if exact {
		at += offsetOf(source, wrong.from)
	}
	r.wrong(at, "%s", wrong.message)
	return nil
}

// offsetOf is where the n-th character begins.
func offsetOf(s string, n int) int {
	at := 0
	for ; n > 0 && at < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return at
}

// textTemplate reads a text into which references are put as they are.
func (r *reader) textTemplate(n *node) *template {
	b := &builder{reader: r}
	for _, p := range r.pieces(n) {
		if p.ref != nil {
			b.put(p.ref, asText)
			continue
		}
		b.literal.WriteString(p.text)
	}
	return b.template()
}

// append writes the text for a device.
func (t *template) append(b []byte, in *run) ([]byte, error) {
	if t.isFixed {
		return append(b, t.fixed...), nil
	}
	for i := range t.parts {
		p := &t.parts[i]
		if p.ref == nil {
			b = append(b, p.literal...)
			continue
		}
		var err error
		if b, err = p.append(b, in); err != nil {
			return b, &placed{p.ref.at, err}
		}
		if len(b) > device.MaxMessageSize {
			return b, &placed{p.ref.at, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, device.MaxMessageSize)}
		}
	}
	return b, nil
}

func (p *part) append(b []byte, in *run) ([]byte, error) {
	v, err := p.ref.get(in)
	if err != nil {
		return b, err
	}
	switch {
	case p.as == asJSON:
		return v.appendJSON(b)
	case p.as == asQuoted && v.kind == textValue:
		return appendEscaped(b, v.text), nil
	case p.as == asQuoted && v.kind == objectValue:
		text, err := v.appendJSON(nil)
		return appendEscaped(b, string(text)), err
	default:
		return v.appendText(b)
	}
}

// text gives the whole for a device.
func (t *template) text(in *run) (string, error) {
	if t.isFixed {
		return t.fixed, nil
	}
	b, err := t.append(nil, in)
	return string(b), err
}

// placed is an error with its place in the file.
type placed struct {
	at  int
	err error
}

func (p *placed) Error() string { return p.err.Error() }
func (p *placed) Unwrap() error { return p.err }
