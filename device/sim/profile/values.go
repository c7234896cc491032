package profile

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"hubscope/device"
)

// generator makes the values of one name. It is shared by all devices: what it remembers of one is in the cell.
type generator interface {
	// next makes the value for now, with chance from the cell alone.
	next(in *run, c *cell) (value, error)
}

// cell is the state of one value of one device.
type cell struct {
	value  value
	random rand.PCG
	place  float64 // of a walk, the phase of a wave, the distance on a track
	count  int64   // of a counter or a sequence
	tick   uint32  // of the device when the value was made
	begun  bool
	pinned bool // set by a method: the generator is not asked any more
}

// maxValues and maxText bound what a device keeps.
const (
	maxValues = 200
	maxText   = 16 * 1024
)

var namePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// makers read the generators by their type.
var makers map[string]func(f *fields) (generator, valueKind)

func init() { // an initialiser would refer to itself
	makers = map[string]func(f *fields) (generator, valueKind){
		"constant": readConstant, "counter": readCounter, "expression": readExpression,
		"int": readInt, "float": readFloat, "normal": readNormal, "walk": readWalk,
		"sine": readSine, "square": readSquare, "sawtooth": readSawtooth,
		"steps": readSteps, "sequence": readSequence, "pick": readPick,
		"uuid": readUUID, "time": readTime, "track": readTrack, "fake": readFake,
	}
}

// values reads the table of values: first the names, since they may refer to each other, then how each is made.
func (r *reader) values(n *node) {
	if n == nil {
		return
	}
	if len(n.entries) > maxValues {
		r.wrong(n.at, "there are %d values, and at most %d are allowed", len(n.entries), maxValues)
		return
	}
	s := r.scope
	for _, e := range n.entries {
		switch {
		case !namePattern.MatchString(e.name):
			r.wrong(e.at, "%q cannot be a name: use letters, digits and _, and begin with a letter", e.name)
		case slices.Contains(ownNames, e.name), slices.Contains(functionNames, e.name), slices.Contains(reserved, e.name):
			r.wrong(e.at, "%q means something already: take another name", e.name)
		}
		s.byName[e.name] = len(s.values)
		s.values = append(s.values, &variable{name: e.name, at: e.at, kind: r.likely(e.value)})
	}
	for i, e := range n.entries {
		s.of = i
		s.values[i].generator, s.values[i].kind = r.value(e.value)
	}
	s.of = -1
	if names, at := s.circle(); names != nil {
		slices.Reverse(names)
		r.wrong(at, "these values need each other: %s", strings.Join(names, " needs "))
	}
}

// reserved are words of the expression language.
var reserved = []string{"true", "false", "nil", "null", "in", "not", "and", "or", "let", "if", "else", "matches", "contains", "startsWith", "endsWith"}

// likely is the kind of a value, before what it refers to is known.
func (r *reader) likely(n *node) valueKind {
	switch n.kind {
	case boolean:
		return boolValue
	case integer:
		return wholeValue
	case float:
		return numberValue
	case text:
		if strings.Contains(n.text, "{{") {
			return anyValue
		}
		return textValue
	case table:
		kind := n.get("type")
		if kind == nil {
			return anyValue
		}
		switch kind.text {
		case "int", "counter":
			return wholeValue
		case "float", "normal", "walk", "sine", "square", "sawtooth":
			return numberValue
		case "uuid", "fake":
			return textValue
		}
	}
	return anyValue
}

// value reads how a value is made: a constant, a template, or a table with a type.
func (r *reader) value(n *node) (generator, valueKind) {
	if n.kind != table {
		return r.made(n)
	}
	f := r.fields(n, "a value")
	name := f.kind("type", text)
	if name == nil {
		if n.get("type") == nil {
			r.wrong(n.at, `a value that is a table needs a type, such as type = "sine"`)
		}
		return constant{}, anyValue
	}
	maker := makers[name.text]
	if maker == nil {
		r.wrong(name.at, "unknown generator %q%s", name.text, suggest(name.text, sorted(makers)))
		return constant{}, anyValue
	}
	f.what = "a value of type " + name.text
	g, kind := maker(f)
	f.done()
	return g, kind
}

// made reads a value that is written as it should be, with templates in it or without.
func (r *reader) made(n *node) (generator, valueKind) {
	switch {
	case !n.hasTemplate():
		return constant{literal(n)}, literal(n).kind.known()
	case n.kind == text:
		return r.templated(n)
	default:
		return assembled{r.jsonTemplate(n)}, anyValue
	}
}

// hasTemplate is whether braces stand anywhere in it.
func (n *node) hasTemplate() bool {
	switch n.kind {
	case text:
		return strings.Contains(n.text, "{{")
	case list:
		return slices.ContainsFunc(n.items, (*node).hasTemplate)
	case table:
		return slices.ContainsFunc(n.entries, func(e entry) bool { return e.value.hasTemplate() })
	}
	return false
}

// known is the kind, as far as expressions know kinds.
func (k valueKind) known() valueKind {
	if k == objectValue || k == nullValue {
		return anyValue
	}
	return k
}

// literal is what a node says, without templates.
func literal(n *node) value {
	switch n.kind {
	case boolean:
		return boolOf(n.yes)
	case integer:
		return wholeOf(n.integer)
	case float:
		return numberOf(n.float, shortest)
	case text:
		return textOf(n.text)
	case list:
		items := make([]any, len(n.items))
		for i, item := range n.items {
			v := literal(item)
			items[i] = v.boxed()
		}
		return value{kind: objectValue, object: items}
	case table:
		object := make(map[string]any, len(n.entries))
		for _, e := range n.entries {
			v := literal(e.value)
			object[e.name] = v.boxed()
		}
		return value{kind: objectValue, object: object}
	}
	return value{}
}

type constant struct{ value value }

func (g constant) next(*run, *cell) (value, error) { return g.value, nil }

func readConstant(f *fields) (generator, valueKind) {
	n := f.get("value")
	if n == nil {
		f.wrong(f.of.at, "a constant needs its value")
		return constant{}, anyValue
	}
	return f.made(n)
}

// derived is whether a value follows from others, and so is as new as they are.
func (v *variable) derived() bool {
	switch v.generator.(type) {
	case computed, joined, assembled:
		return true
	}
	return false
}

// templated is a value that is a template.
func (r *reader) templated(n *node) (generator, valueKind) {
	pieces := r.pieces(n)
	if len(pieces) == 1 && pieces[0].ref != nil {
		return computed{pieces[0].ref, shortest}, pieces[0].ref.kind
	}
	return joined{r.joinPieces(pieces)}, textValue
}

func (r *reader) joinPieces(pieces []piece) *template {
	b := &builder{reader: r}
	for _, p := range pieces {
		if p.ref != nil {
			b.put(p.ref, asText)
			continue
		}
		b.literal.WriteString(p.text)
	}
	return b.template()
}

// computed is the result of an expression.
type computed struct {
	ref      *ref
	decimals int8
}

func (g computed) next(in *run, _ *cell) (value, error) {
	v, err := g.ref.get(in)
	if err != nil {
		return v, &placed{g.ref.at, err}
	}
	if g.decimals < 0 {
		return v, nil
	}
	switch v.kind {
	case wholeValue:
		return numberOf(float64(v.whole), g.decimals), nil
	case numberValue:
		return numberOf(roundTo(v.number, g.decimals), g.decimals), nil
	}
	return v, nil
}

func readExpression(f *fields) (generator, valueKind) {
	decimals := f.decimals()
	n := f.kind("value", text)
	if n == nil {
		if f.of.get("value") == nil {
			f.wrong(f.of.at, `an expression needs its value, such as value = "pressure * 14.5"`)
		}
		return constant{}, anyValue
	}
	ref := f.bare(n)
	if ref == nil {
		return constant{}, anyValue
	}
	kind := ref.kind
	if decimals >= 0 && kind == wholeValue {
		kind = numberValue
	}
	return computed{ref, decimals}, kind
}

// bare reads an expression that stands without braces.
func (r *reader) bare(n *node) *ref {
	at, exact := n.at, false
	if n.end > n.at && n.end <= len(r.source) {
		raw := string(r.source[n.at:n.end])
		if i := strings.Index(raw, n.text); i >= 0 {
			at, exact = n.at+i, true
		}
	}
	return r.expression(n.text, at, exact)
}

type joined struct{ template *template }

func (g joined) next(in *run, _ *cell) (value, error) {
	s, err := g.template.text(in)
	return textOf(s), err
}

// assembled is a list or a table with templates in it.
type assembled struct{ template *template }

func (g assembled) next(in *run, _ *cell) (value, error) {
	text, err := g.template.append(nil, in)
	if err != nil {
		return value{}, err
	}
	if len(text) > maxText {
		return value{}, fmt.Errorf("%w: a list or a table of %d bytes, at most %d are allowed", ErrTooLarge, len(text), maxText)
	}
	v, err := decode(text)
	return countable(valueOf(v)), err
}

// decimals reads how many digits a number shows after the point; shortest by default.
func (f *fields) decimals() int8 {
	return int8(f.whole("decimals", shortest, 0, maxDecimals))
}

// bounds reads min and max.
func (f *fields) bounds() (low, high float64) {
	low, high = f.needed("min"), f.needed("max")
	if low > high {
		f.wrong(f.place("max"), "max is less than min")
		return high, low
	}
	if math.IsInf(high-low, 0) {
		f.wrong(f.place("max"), "min and max are too far from each other")
		return 0, 1
	}
	return low, high
}

// maxMessage is shorthand.
const maxMessage = device.MaxMessageSize
