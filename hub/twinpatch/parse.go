package twinpatch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"hubscope/hub/jsontext"
)

// Mistake is what is wrong with a text, and where.
type Mistake struct {
	Place  Place
	Path   []string // of the member that it is about, if it is about one
	Reason string   // for people, without a full stop; it may hold what was typed
}

// Error gives line and column with the reason.
func (m *Mistake) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", m.Place.Line, m.Place.Column, m.Reason)
}

// maxNesting bounds what is read at all; what a twin may have is told by [Check].
const maxNesting = 100

// Parse reads a text that must be one JSON object. The error is a *Mistake.
func Parse(text []byte) (*Value, error) {
	r := reader{text: text, decoder: json.NewDecoder(bytes.NewReader(text)), line: 1, column: 1}
	r.decoder.UseNumber()
	if m := r.syntax(); m != nil {
		return nil, m
	}
	v, m := r.value(0)
	switch {
	case m != nil:
		return nil, m
	case v.Kind != Object:
		return nil, &Mistake{Place: v.Place, Reason: "this must be an object: begin it with {"}
	}
	return v, nil
}

// reader walks over JSON that is known to be good.
type reader struct {
	text    []byte
	decoder *json.Decoder

	at, line, column int // a place that was told: those that follow are counted from it
}

// syntax is the first place where the text is no JSON.
func (r *reader) syntax() *Mistake {
	at, words, wrong := jsontext.Mistake(r.text)
	switch {
	case !wrong:
		return nil
	case len(bytes.TrimSpace(r.text)) == 0:
		return &Mistake{Place: Place{1, 1}, Reason: "there is nothing here: an object begins with {"}
	}
	return &Mistake{Place: r.place(at), Reason: words}
}

// place counts lines and characters; offsets must not go back.
func (r *reader) place(offset int) Place {
	for r.at < offset {
		c, size := utf8.DecodeRune(r.text[r.at:])
		r.at += size
		r.column++
		if c == '\n' {
			r.line, r.column = r.line+1, 1
		}
	}
	return Place{r.line, r.column}
}

// token reads the next token and tells where it begins.
func (r *reader) token() (json.Token, Place) {
	at := int(r.decoder.InputOffset())
	for at < len(r.text) && strings.IndexByte(" \t\r\n:,", r.text[at]) >= 0 {
		at++
	}
	t, err := r.decoder.Token()
	if err != nil {
		panic("twinpatch: valid JSON has a token that is not: " + err.Error())
	}
	return t, r.place(at)
}

func (r *reader) value(depth int) (*Value, *Mistake) {
	t, place := r.token()
	if depth > maxNesting {
		return nil, &Mistake{Place: place, Reason: "this is nested too deep"}
	}
	v := &Value{Place: place}
	switch t := t.(type) {
	case string:
		v.Kind, v.Text = Text, t
	case json.Number:
		v.Kind, v.Text = Number, t.String()
	case json.Delim:
		if t == '[' {
			return v, r.items(v, depth)
		}
		return v, r.members(v, depth)
	case nil:
		v.Kind, v.Text = Word, "null"
	default:
		v.Kind, v.Text = Word, fmt.Sprint(t)
	}
	return v, nil
}

func (r *reader) items(v *Value, depth int) *Mistake {
	v.Kind = Array
	for r.decoder.More() {
		item, m := r.value(depth + 1)
		if m != nil {
			return m
		}
		v.Items = append(v.Items, item)
	}
	r.token()
	return nil
}

func (r *reader) members(v *Value, depth int) *Mistake {
	seen := map[string]bool{}
	for r.decoder.More() {
		t, place := r.token()
		name, _ := t.(string)
		if seen[name] {
			return &Mistake{Place: place, Reason: fmt.Sprintf("the name %q is there twice", name)}
		}
		seen[name] = true
		value, m := r.value(depth + 1)
		if m != nil {
			return m
		}
		v.Members = append(v.Members, Member{Name: name, Value: value, Place: place})
	}
	r.token()
	return nil
}
