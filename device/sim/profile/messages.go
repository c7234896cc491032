package profile

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// recipe is how the messages of a kind are made.
type recipe struct {
	at   int // in the file
	name string
	when *ref // nil: always
	once bool // only when the condition becomes true

	// head are the templates of message id, correlation id, content type and content encoding, then those of the
	// properties of keys.
	head    []*template
	keys    []string
	created bool

	body     *template
	raw      []byte
	random   [2]int // least and greatest size of a body of chance
	isRandom bool
	encode   string

	// desiredInterval is the path of the desired property that sets the interval; nil for none.
	desiredInterval []string
}

// maxMessages is how many kinds of messages a profile may have.
const maxMessages = 50

func (r *reader) messages(n *node) (kinds []Kind, recipes []recipe) {
	if n == nil || n.kind != list || len(n.items) == 0 {
		at := 0
		if n != nil {
			at = n.at
		}
		r.wrong(at, "a profile needs a message: begin one with [[messages]]")
		return nil, nil
	}
	if len(n.items) > maxMessages {
		r.wrong(n.at, "there are %d messages, and at most %d are allowed", len(n.items), maxMessages)
		return nil, nil
	}
	names := map[string]bool{}
	for i, item := range n.items {
		if item.kind != table {
			r.wrong(item.at, "a message has to be a table, not %s", item.kind)
			continue
		}
		kind, recipe := r.message(item, i)
		if names[kind.Name] {
			at := item.at
			if n := item.get("name"); n != nil {
				at = n.at
			}
			r.wrong(at, "there are two messages named %q: give each a name of its own", kind.Name)
		}
		names[kind.Name] = true
		kinds, recipes = append(kinds, kind), append(recipes, recipe)
	}
	return kinds, recipes
}

func (r *reader) message(n *node, index int) (Kind, recipe) {
	f := r.fields(n, "a message")
	name := "telemetry"
	if index > 0 {
		name = fmt.Sprintf("message %d", index+1)
	}
	k := Kind{
		Name:     f.text("name", name),
		Interval: f.duration("interval", time.Second, MinInterval),
		Jitter:   f.duration("jitter", 0, 0),
	}
	out := recipe{at: n.at, name: k.Name, once: !f.flag("repeat", true), created: f.flag("creationTime", false)}
	if when := f.kind("when", text); when != nil {
		out.when = f.bare(when)
		k.Conditional = true
		if out.when != nil && out.when.kind != boolValue && out.when.kind != anyValue {
			f.wrong(when.at, `a condition is true or false: compare something, as in "pressure > 8"`)
		}
	}
	if out.once && out.when == nil {
		f.wrong(f.place("repeat"), `repeat = false needs a condition: add when = "pressure > 8"`)
	}
	otherwise := ""
	if index == 0 {
		otherwise = "interval"
	}
	if path := f.text("desiredInterval", otherwise); path != "" {
		out.desiredInterval = strings.Split(path, ".")
	}
	f.body(&out)
	f.head(&out)
	f.done()
	return k, out
}

// body reads one of the ways to give a body.
func (f *fields) body(out *recipe) {
	found := ""
	for _, name := range []string{"body", "base64", "hex", "randomBytes"} {
		n := f.get(name)
		switch {
		case n == nil:
		case found != "":
			f.wrong(n.at, "a message has one body: %s and %s cannot both be there", found, name)
		default:
			found = name
			f.bodyOf(out, name, n)
		}
	}
	if found == "" {
		f.wrong(f.of.at, `a message needs a body, such as body = { temperature = "{{temperature}}" } or body = ""`)
	}
	out.encode = f.oneOf("encode", "none", "base64", "gzip", "deflate")
}

func (f *fields) bodyOf(out *recipe, name string, n *node) {
	var err error
	switch {
	case name == "randomBytes":
		f.randomBytes(out, n)
	case name == "body" && n.kind == text:
		out.body = f.textTemplate(n)
	case name == "body":
		out.body = f.jsonTemplate(n)
	case n.kind != text:
		f.wrong(n.at, "%s has to be a text, not %s", name, n.kind)
	case name == "hex":
		out.raw, err = hex.DecodeString(strings.Join(strings.Fields(n.text), ""))
	default:
		out.raw, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.text), ""))
	}
	if err != nil {
		f.wrong(n.at, "this is not %s: %v", name, strings.TrimPrefix(err.Error(), "encoding/hex: "))
	}
	if len(out.raw) > maxMessage {
		f.wrong(n.at, "the body has %d bytes, and a message at most %d", len(out.raw), maxMessage)
	}
	if out.body != nil && len(out.body.fixed) > maxMessage {
		f.wrong(n.at, "the body has %d bytes, and a message at most %d", len(out.body.fixed), maxMessage)
	}
}

// randomBytes is a size, or the least and the greatest.
func (f *fields) randomBytes(out *recipe, n *node) {
	sizes := []*node{n, n}
	if n.kind == list && len(n.items) == 2 {
		sizes = n.items
	}
	for i, size := range sizes {
		if size.kind != integer || size.integer < 0 || size.integer > maxMessage {
			f.wrong(size.at, "randomBytes is a size of 0 to %d bytes, or the least and the greatest: [10, 1000]", maxMessage)
			return
		}
		out.random[i] = int(size.integer)
	}
	out.isRandom = true
	if out.random[0] > out.random[1] {
		f.wrong(n.at, "the least size has to come first")
	}
}

// head reads the system and application properties.
func (f *fields) head(out *recipe) {
	contentType, contentEncoding := "application/json", "utf-8"
	if out.body == nil {
		contentType, contentEncoding = "application/octet-stream", ""
	}
	if out.encode != "none" {
		contentEncoding = out.encode
	}
	out.head = []*template{
		f.textOr("messageId", ""), f.textOr("correlationId", ""),
		f.textOr("contentType", contentType), f.textOr("contentEncoding", contentEncoding),
	}
	n := f.kind("properties", table)
	if n == nil {
		return
	}
	for _, e := range n.entries {
		if e.name == "" {
			f.wrong(e.at, "a property needs a name")
		}
		out.keys, out.head = append(out.keys, e.name), append(out.head, f.propertyValue(e))
	}
}

func (f *fields) propertyValue(e entry) *template {
	switch e.value.kind {
	case text:
		return f.textTemplate(e.value)
	case boolean, integer, float:
		return f.jsonTemplate(e.value)
	}
	f.wrong(e.value.at, "a property is a text, not %s", e.value.kind)
	return &template{isFixed: true}
}

func (f *fields) textOr(name, otherwise string) *template {
	if n := f.kind(name, text); n != nil {
		return f.textTemplate(n)
	}
	return &template{isFixed: true, fixed: otherwise}
}
