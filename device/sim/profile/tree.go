package profile

import (
	"bytes"
	"unicode/utf8"
)

// node is a value of a file, TOML or JSON, that knows where it stands and in which order its parts were written.
type node struct {
	kind nodeKind
	// at and end are the offsets of its text in the file; end is 0 where it is not known.
	at, end int
	text    string // of a text, and of a number as JSON would have it
	float   float64
	integer int64
	yes     bool
	entries []entry // of a table
	items   []*node // of a list
}

// entry is a key of a table and its value.
type entry struct {
	name  string
	at    int
	value *node
}

type nodeKind uint8

const (
	nothing nodeKind = iota // null, in JSON only
	boolean
	integer
	float
	text
	list
	table
)

// String names the kind with its article, for errors.
func (k nodeKind) String() string {
	return [...]string{"null", "true or false", "a whole number", "a number", "a text", "a list", "a table"}[k]
}

// get gives the value of a key, nil when there is none.
func (n *node) get(name string) *node {
	for _, e := range n.entries {
		if e.name == name {
			return e.value
		}
	}
	return nil
}

// maxDepth bounds what a file may nest: everything here that follows a tree calls itself.
const maxDepth = 100

func (n *node) depth() int {
	deepest := 0
	for _, e := range n.entries {
		deepest = max(deepest, e.value.depth())
	}
	for _, item := range n.items {
		deepest = max(deepest, item.depth())
	}
	return deepest + 1
}

// place gives line and column of an offset, both counted from 1; columns count characters.
func place(source []byte, at int) (line, column int) {
	at = min(at, len(source))
	head := source[:at]
	line = bytes.Count(head, []byte{'\n'}) + 1
	start := bytes.LastIndexByte(head, '\n') + 1
	return line, utf8.RuneCount(head[start:]) + 1
}
