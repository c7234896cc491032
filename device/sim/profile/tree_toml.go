package profile

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// readTOML makes a tree of a file in TOML. The decoder of the library says whether the file is TOML at all; where things
// stand, and in which order, is told by its parser alone.
func readTOML(source []byte) (*node, *fault) {
	var checked map[string]any
	if err := toml.Unmarshal(source, &checked); err != nil {
		return nil, tomlFault(source, err)
	}
	t := tomlReader{root: &node{kind: table}}
	t.into = t.root
	t.parser.Reset(source)
	for t.parser.NextExpression() {
		if f := t.expression(t.parser.Expression()); f != nil {
			return nil, f
		}
	}
	if err := t.parser.Error(); err != nil {
		return nil, &fault{at: 0, message: err.Error()}
	}
	return t.root, nil
}

func tomlFault(source []byte, err error) *fault {
	var decode *toml.DecodeError
	if !errors.As(err, &decode) {
		return &fault{message: strings.TrimPrefix(err.Error(), "toml: ")}
	}
	row, column := decode.Position()
	lines := strings.SplitAfter(string(source), "\n")
	at := 0
	for _, line := range lines[:min(row-1, len(lines))] {
		at += len(line)
	}
	message := strings.TrimPrefix(decode.Error(), "toml: ")
	return &fault{at: min(at+column-1, len(source)), message: "this is not TOML: " + message}
}

type tomlReader struct {
	parser unstable.Parser
	root   *node
	into   *node // the table that keys belong to
}

func (t *tomlReader) expression(n *unstable.Node) *fault {
	switch n.Kind {
	case unstable.Table, unstable.ArrayTable:
		at := t.root
		it := n.Key()
		for it.Next() {
			key := it.Node()
			at = t.step(at, key, it.IsLast() && n.Kind == unstable.ArrayTable)
		}
		t.into = at
	case unstable.KeyValue:
		return t.keyValue(t.into, n)
	}
	return nil
}

// step goes into a part of a table, and makes it when there is none; the last table of a list of tables is meant, or a
// new one.
func (t *tomlReader) step(from *node, key *unstable.Node, another bool) *node {
	name, at := string(key.Data), int(key.Raw.Offset)
	child := from.get(name)
	if child == nil {
		child = &node{kind: table, at: at}
		if another {
			child.kind = list
		}
		from.entries = append(from.entries, entry{name, at, child})
	}
	if child.kind != list {
		return child
	}
	if another {
		child.items = append(child.items, &node{kind: table, at: at})
	}
	if len(child.items) == 0 {
		return child
	}
	return child.items[len(child.items)-1]
}

func (t *tomlReader) keyValue(into *node, n *unstable.Node) *fault {
	it := n.Key()
	for it.Next() {
		key := it.Node()
		if !it.IsLast() {
			into = t.step(into, key, false)
			continue
		}
		at := int(key.Raw.Offset)
		value, f := t.value(n.Value(), at)
		if f != nil {
			return f
		}
		into.entries = append(into.entries, entry{string(key.Data), at, value})
	}
	return nil
}

// value makes a tree of a value; keyAt is where it is said to stand when the parser does not know.
func (t *tomlReader) value(n *unstable.Node, keyAt int) (*node, *fault) {
	out := &node{at: keyAt}
	if n.Raw.Length > 0 {
		out.at, out.end = int(n.Raw.Offset), int(n.Raw.Offset+n.Raw.Length)
	}
	switch n.Kind {
	case unstable.String:
		out.kind, out.text = text, string(n.Data)
	case unstable.Bool:
		out.kind, out.yes = boolean, n.Data[0] == 't'
	case unstable.Integer, unstable.Float:
		return out, out.number(string(n.Data))
	case unstable.Array:
		out.kind = list
		for it := n.Children(); it.Next(); {
			item, f := t.value(it.Node(), keyAt)
			if f != nil {
				return nil, f
			}
			out.items = append(out.items, item)
		}
	case unstable.InlineTable:
		out.kind = table
		for it := n.Children(); it.Next(); {
			if f := t.keyValue(out, it.Node()); f != nil {
				return nil, f
			}
		}
	default: // dates and times: JSON knows them as text only
		out.kind, out.text = text, string(n.Data)
	}
	return out, nil
}

// number reads a number of TOML.
func (n *node) number(written string) *fault {
	plain := strings.TrimPrefix(strings.ReplaceAll(written, "_", ""), "+")
	if i, err := strconv.ParseInt(plain, 0, 64); err == nil {
		n.kind, n.integer, n.float, n.text = integer, i, float64(i), strconv.FormatInt(i, 10)
		return nil
	}
	f, err := strconv.ParseFloat(plain, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return &fault{at: n.at, message: written + " cannot be a number of JSON: write it as a text"}
	}
	n.kind, n.float, n.text = float, f, string(appendFloat(nil, f))
	return nil
}
