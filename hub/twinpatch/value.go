package twinpatch

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Kind is what a value is.
type Kind uint8

// The kinds.
const (
	Object Kind = iota
	Array
	Text
	Number
	Word // true, false, null
)

// Value is a JSON value: its numbers as they were written, its members in the order in which they were. It is not
// changed once it is made, so values share parts.
type Value struct {
	Kind    Kind
	Members []Member // of an object
	Items   []*Value // of an array
	// Text is that of a text, decoded, or a number or word as it was written.
	Text string
	// Place is where the value begins in the text that it was read from; zero when it was made.
	Place Place
}

// Member is a name and its value.
type Member struct {
	Name  string
	Value *Value
	Place Place // of the name
}

// Place is a line and a column, both from 1, the column in characters.
type Place struct{ Line, Column int }

// Null is the value that deletes a member in a patch.
var Null = &Value{Kind: Word, Text: "null"}

// Empty is an object without members.
func Empty() *Value { return &Value{Kind: Object} }

// ObjectOf is an object of one member.
func ObjectOf(name string, v *Value) *Value {
	return &Value{Kind: Object, Members: []Member{{Name: name, Value: v}}}
}

// IsNull says whether the value is null.
func (v *Value) IsNull() bool { return v.Kind == Word && v.Text == "null" }

// Get is a member of an object; nil when there is none.
func (v *Value) Get(name string) *Value {
	if v == nil || v.Kind != Object {
		return nil
	}
	for _, m := range v.Members {
		if m.Name == name {
			return m.Value
		}
	}
	return nil
}

// At follows a path of names; nil when it ends.
func (v *Value) At(path ...string) *Value {
	for _, name := range path {
		v = v.Get(name)
	}
	return v
}

// With is the object with a member set, or taken away when to is nil.
func (v *Value) With(name string, to *Value) *Value {
	out := &Value{Kind: Object, Place: v.Place}
	found := false
	for _, m := range v.Members {
		if m.Name == name {
			found = true
			if to == nil {
				continue
			}
			m.Value = to
		}
		out.Members = append(out.Members, m)
	}
	if !found && to != nil {
		out.Members = append(out.Members, Member{Name: name, Value: to})
	}
	return out
}

// Without is the object with the member at a path taken away.
func (v *Value) Without(path ...string) *Value {
	switch {
	case v.At(path...) == nil || len(path) == 0:
		return v
	case len(path) == 1:
		return v.With(path[0], nil)
	}
	return v.With(path[0], v.Get(path[0]).Without(path[1:]...))
}

// WithoutNulls leaves out members that are null: in a twin nothing is null, and who types it deletes. What is in arrays
// stays.
func (v *Value) WithoutNulls() *Value {
	if v.Kind != Object {
		return v
	}
	out := &Value{Kind: Object, Place: v.Place}
	for _, m := range v.Members {
		if m.Value.IsNull() {
			continue
		}
		m.Value = m.Value.WithoutNulls()
		out.Members = append(out.Members, m)
	}
	return out
}

// Equal says whether two values are the same; either may be nil. The order of members does not count, and how a number
// is written does.
func Equal(a, b *Value) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || a.Text != b.Text || len(a.Members) != len(b.Members) {
		return false
	}
	names := b.index()
	for _, m := range a.Members {
		if other := names.get(m.Name); other == nil || !Equal(m.Value, other) {
			return false
		}
	}
	return slices.EqualFunc(a.Items, b.Items, Equal)
}

// members finds those of an object by their names: quickly, when they are many.
type members struct {
	of     *Value
	byName map[string]*Value
}

func (v *Value) index() members {
	const few = 16
	m := members{of: v}
	if v == nil || v.Kind != Object || len(v.Members) <= few {
		return m
	}
	m.byName = make(map[string]*Value, len(v.Members))
	for _, member := range v.Members {
		m.byName[member.Name] = member.Value
	}
	return m
}

func (m members) get(name string) *Value {
	if m.byName == nil {
		return m.of.Get(name)
	}
	return m.byName[name]
}

// JSON is the value in one line.
func (v *Value) JSON() json.RawMessage {
	var b bytes.Buffer
	v.write(&b, "", "")
	return b.Bytes()
}

// Indented is the value laid out for people, two cells a level.
func (v *Value) Indented() string {
	var b bytes.Buffer
	v.write(&b, "\n", "  ")
	return b.String()
}

// write lays the value out: line begins a new line at its depth, more is what each level adds to it.
func (v *Value) write(b *bytes.Buffer, line, more string) {
	switch v.Kind {
	case Object:
		open(b, '{', len(v.Members), line+more, func(i int) {
			writeText(b, v.Members[i].Name)
			b.WriteByte(':')
			if more != "" {
				b.WriteByte(' ')
			}
			v.Members[i].Value.write(b, line+more, more)
		}, line, '}')
	case Array:
		open(b, '[', len(v.Items), line+more, func(i int) { v.Items[i].write(b, line+more, more) }, line, ']')
	case Text:
		writeText(b, v.Text)
	default:
		b.WriteString(v.Text)
	}
}

func open(b *bytes.Buffer, begin byte, n int, inner string, item func(int), outer string, end byte) {
	b.WriteByte(begin)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(inner)
		item(i)
	}
	if n > 0 {
		b.WriteString(outer)
	}
	b.WriteByte(end)
}

func writeText(b *bytes.Buffer, text string) {
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a text always encodes, into memory
	b.Truncate(b.Len() - 1)  // the line break
}
