package profile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// readJSON makes a tree of a file in JSON.
func readJSON(source []byte) (*node, *fault) {
	r := jsonReader{source: source, decoder: json.NewDecoder(bytes.NewReader(source))}
	r.decoder.UseNumber()
	root, f := r.value(0)
	if f != nil {
		return nil, f
	}
	if _, err := r.decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, &fault{at: r.next(), message: "this is not JSON: there is more after its end"}
	}
	if root.kind != table {
		return nil, &fault{at: root.at, message: "a profile is an object: begin it with {"}
	}
	return root, nil
}

type jsonReader struct {
	source  []byte
	decoder *json.Decoder
}

// next is the offset of the token that comes.
func (r *jsonReader) next() int {
	at := int(r.decoder.InputOffset())
	for at < len(r.source) && strings.IndexByte(" \t\r\n:,", r.source[at]) >= 0 {
		at++
	}
	return at
}

func (r *jsonReader) token() (json.Token, int, *fault) {
	at := r.next()
	t, err := r.decoder.Token()
	if err == nil {
		return t, at, nil
	}
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, 0, &fault{at: len(r.source), message: "this is not JSON: it ends too early"}
	case errors.As(err, &syntax):
		at = max(int(syntax.Offset)-1, 0)
	}
	return nil, 0, &fault{at: at, message: "this is not JSON: " + err.Error()}
}

func (r *jsonReader) value(depth int) (*node, *fault) {
	t, at, f := r.token()
	if f != nil {
		return nil, f
	}
	if depth > maxDepth {
		return nil, &fault{at: at, message: fmt.Sprintf("nested deeper than %d", maxDepth)}
	}
	n := &node{at: at, end: int(r.decoder.InputOffset())}
	switch t := t.(type) {
	case nil:
		n.kind = nothing
	case bool:
		n.kind, n.yes = boolean, t
	case string:
		n.kind, n.text = text, t
	case json.Number:
		n.jsonNumber(string(t))
	case json.Delim:
		if t == '[' {
			return n, r.list(n, depth)
		}
		return n, r.table(n, depth)
	}
	return n, nil
}

func (n *node) jsonNumber(written string) {
	n.text = written
	if i, err := strconv.ParseInt(written, 10, 64); err == nil {
		n.kind, n.integer, n.float = integer, i, float64(i)
		return
	}
	n.kind = float
	n.float, _ = strconv.ParseFloat(written, 64) // what is too great for it stays as written
}

func (r *jsonReader) list(n *node, depth int) *fault {
	n.kind = list
	for r.decoder.More() {
		item, f := r.value(depth + 1)
		if f != nil {
			return f
		}
		n.items = append(n.items, item)
	}
	_, _, f := r.token()
	return f
}

func (r *jsonReader) table(n *node, depth int) *fault {
	n.kind = table
	for r.decoder.More() {
		key, at, f := r.token()
		if f != nil {
			return f
		}
		name, _ := key.(string)
		if n.get(name) != nil {
			return &fault{at: at, message: fmt.Sprintf("%q is there twice", name)}
		}
		value, f := r.value(depth + 1)
		if f != nil {
			return f
		}
		n.entries = append(n.entries, entry{name, at, value})
	}
	_, _, f := r.token()
	return f
}
