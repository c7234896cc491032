package query

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// Seen are the fields of twins that were read, with some of their values. It is bounded, whatever the twins hold.
type Seen struct {
	fields map[string]*Field
	order  []string // sorted
}

// Field is one field of twins.
type Field struct {
	Path   string
	Values []string // literals of the language, the first seen first
	Kind   string   // "list" or "object" of what is no single value
}

// Bounds of what is kept.
const (
	mostFields = 1000
	mostValues = 12
	mostPath   = 200
	mostValue  = 80
	mostDeep   = 10
	mostTwin   = 256 << 10
)

// Look looks at twins, or at other items of an answer. It may run anywhere.
func Look(items []json.RawMessage) *Seen {
	s := &Seen{fields: map[string]*Field{}}
	for _, item := range items {
		if len(item) <= mostTwin && gjson.ValidBytes(item) {
			s.twin(gjson.ParseBytes(item))
		}
	}
	s.sort()
	return s
}

// Merge takes over what another one has seen.
func (s *Seen) Merge(o *Seen) {
	if s.fields == nil {
		s.fields = map[string]*Field{}
	}
	for _, path := range o.order {
		f := o.fields[path]
		for _, v := range f.Values {
			s.note(path, v, "")
		}
		s.note(path, "", f.Kind)
	}
	s.sort()
}

// Field is what is known of a path as it is written; false when it was not seen.
func (s *Seen) Field(path string) (Field, bool) {
	if s == nil || s.fields[path] == nil {
		return Field{}, false
	}
	return *s.fields[path], true
}

// Len is how many fields are known.
func (s *Seen) Len() int { return len(s.order) }

func (s *Seen) sort() {
	s.order = s.order[:0]
	for path := range s.fields {
		s.order = append(s.order, path)
	}
	slices.Sort(s.order)
}

func (s *Seen) twin(twin gjson.Result) {
	for _, f := range identity {
		if v := twin.Get(f.path); v.Exists() && !strings.Contains(f.path, "$") && f.path != "etag" {
			s.value(f.path, v)
		}
	}
	s.walk("tags", twin.Get("tags"), 0)
	s.walk("properties.desired", twin.Get("properties.desired"), 0)
	s.walk("properties.reported", twin.Get("properties.reported"), 0)
}

// walk goes down an object.
func (s *Seen) walk(path string, at gjson.Result, depth int) {
	if !at.IsObject() || depth > mostDeep || len(path) > mostPath {
		return
	}
	at.ForEach(func(key, value gjson.Result) bool {
		name := key.String()
		if strings.HasPrefix(name, "$") && depth == 0 {
			return true // $metadata and $version
		}
		written, ok := segment(name)
		if !ok {
			return true
		}
		below := path + "." + written
		s.value(below, value)
		s.walk(below, value, depth+1)
		return len(s.fields) < mostFields
	})
}

func (s *Seen) value(path string, v gjson.Result) {
	switch {
	case v.IsArray():
		s.note(path, "", "list")
	case v.IsObject():
		s.note(path, "", "object")
	default:
		s.note(path, literalOf(v), "")
	}
}

func (s *Seen) note(path, value, kind string) {
	f := s.fields[path]
	if f == nil {
		if len(s.fields) >= mostFields || len(path) > mostPath {
			return
		}
		f = &Field{Path: path}
		s.fields[path] = f
	}
	if kind != "" {
		f.Kind = kind
	}
	if value != "" && len(f.Values) < mostValues && !slices.Contains(f.Values, value) {
		f.Values = append(f.Values, value)
	}
}

var plainName = regexp.MustCompile(`^[\p{L}_$][\p{L}\p{Nd}_$]*$`)

// segment writes a name as it must stand in a path; false when it cannot.
func segment(name string) (string, bool) {
	if plainName.MatchString(name) && !reserved[strings.ToLower(name)] {
		return name, true
	}
	if name == "" || strings.ContainsAny(name, "[]") || strings.ContainsFunc(name, isControl) {
		return "", false
	}
	return "[[" + name + "]]", true
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// literalOf writes a single value as it stands in a query; "" when it is too long or cannot.
func literalOf(v gjson.Result) string {
	if v.Type != gjson.String {
		if len(v.Raw) > mostValue {
			return ""
		}
		return v.Raw
	}
	text := v.String()
	if len(text) > mostValue || strings.ContainsFunc(text, isControl) {
		return ""
	}
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}
