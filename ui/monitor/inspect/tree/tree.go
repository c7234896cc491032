// Package tree reads JSON as a tree that can be folded and compared with another. Texts, numbers and order stay as they
// were sent: a tree is places in the JSON and nothing is decoded.
package tree

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// Kind is what a node is.
type Kind uint8

// The kinds. A Group is some neighbours in a container that has very many children: it is not in the JSON.
const (
	Object Kind = iota
	Array
	String
	Number
	Word // true, false, null
	Group
)

// GroupSize is how many children a container or a group has at most; more are put in groups.
const GroupSize = 100

// Node is a value in the JSON.
type Node struct {
	Kind  Kind
	Open  bool  // its children are seen
	Depth uint8 // of the root 0
	Names uint8 // bytes of the longest name of its children, as sent, at most 255

	From, To         int32 // of the value in the JSON; of a group from its first to its last
	nameFrom, nameTo int32 // of the name without its quotes; only when the parent is an object
	Parent           int32 // -1 for the root
	Index            int32 // which child it is of its container
	Count            int32 // children, not counting groups
	end              int32 // the first node that is not in it
}

// Holds tells whether a node can have children.
func (n *Node) Holds() bool { return n.Kind == Object || n.Kind == Array || n.Kind == Group }

// Tree is the nodes in the order of the JSON, parents before their children. The root is node 0.
type Tree struct {
	JSON  string
	Nodes []Node
}

// Clone gives a tree that is folded for itself.
func (t *Tree) Clone() *Tree { return &Tree{JSON: t.JSON, Nodes: slices.Clone(t.Nodes)} }

// Parse reads JSON, which must be valid and not be nested deeper than a body may be (payload.MaxDepth). All is open but
// groups.
func Parse(json string) *Tree {
	p := parser{text: json, nodes: make([]Node, 0, len(json)/12+1)}
	p.value(Node{Parent: -1})
	t := &Tree{JSON: json, Nodes: p.nodes}
	if p.large {
		t.Nodes = grouped(t)
	}
	return t
}

// Len is how many nodes there are.
func (t *Tree) Len() int { return len(t.Nodes) }

// Value is the JSON of a node as it was sent.
func (t *Tree) Value(n int32) string { return t.JSON[t.Nodes[n].From:t.Nodes[n].To] }

// Name is the name of a node as it was sent, without its quotes; named is false for an item of a list and the root.
func (t *Tree) Name(n int32) (name string, named bool) {
	node := &t.Nodes[n]
	return t.JSON[node.nameFrom:node.nameTo], node.nameFrom > 0
}

// Container is the object or list that a node is in, whatever groups are between.
func (t *Tree) Container(n int32) int32 {
	at := t.Nodes[n].Parent
	for at >= 0 && t.Nodes[at].Kind == Group {
		at = t.Nodes[at].Parent
	}
	return at
}

// Path is the names and places that lead to a node; a group has the path of its container.
func (t *Tree) Path(n int32) []string {
	var names []string
	for ; n > 0; n = t.Nodes[n].Parent {
		if t.Nodes[n].Kind != Group {
			names = append(names, t.Step(n))
		}
	}
	for i, j := 0, len(names)-1; i < j; i, j = i+1, j-1 {
		names[i], names[j] = names[j], names[i]
	}
	return names
}

// Step is the last name or place of the path of a node, decoded.
func (t *Tree) Step(n int32) string {
	name, named := t.Name(n)
	if !named {
		return strconv.Itoa(int(t.Nodes[n].Index))
	}
	return unescape(name)
}

func unescape(name string) string {
	if strings.IndexByte(name, '\\') < 0 {
		return name
	}
	return gjson.Parse(`"` + name + `"`).String()
}

// Find follows a path.
func (t *Tree) Find(path []string) (n int32, found bool) {
	for _, step := range path {
		if n, found = t.Child(n, step); !found {
			return 0, false
		}
	}
	return n, true
}

// Child is the child of a node with a name or place.
func (t *Tree) Child(of int32, step string) (int32, bool) {
	for c := range t.Children(of) {
		if t.Step(c) == step {
			return c, true
		}
	}
	return 0, false
}

// Children gives the children of a node in order, going through groups.
func (t *Tree) Children(of int32) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		if !t.Nodes[of].Holds() {
			return
		}
		for c := t.first(of); c >= 0; c = t.next(c, of) {
			if !yield(c) {
				return
			}
		}
	}
}

// first is the first child of a container, -1 when it has none. Groups are gone through.
func (t *Tree) first(of int32) int32 { return t.after(of+1, t.Nodes[of].end) }

// next is the child behind another.
func (t *Tree) next(c, of int32) int32 { return t.after(t.Nodes[c].end, t.Nodes[of].end) }

func (t *Tree) after(n, end int32) int32 {
	for n < end && t.Nodes[n].Kind == Group {
		n++
	}
	if n >= end {
		return -1
	}
	return n
}
