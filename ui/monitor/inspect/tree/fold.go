package tree

import (
	"fmt"
	"iter"
	"maps"
)

// Folds is which nodes were folded and unfolded by hand. It holds for a tree and for those of the events next to it,
// which look alike. The zero Folds is a tree as it is parsed.
type Folds struct {
	all     *bool // all were folded, or unfolded
	changed map[string]fold
}

// fold is a node that was folded or unfolded. A group has the path of its container, so it needs its place too.
type fold struct {
	path         []string
	index, count int32 // of a group; count is 0 for others
	open         bool
}

// Clone gives a copy that does not change with the folds.
func (f *Folds) Clone() Folds { return Folds{all: f.all, changed: maps.Clone(f.changed)} }

// Set folds or unfolds a node, and remembers it.
func (f *Folds) Set(t *Tree, n int32, open bool) {
	node := &t.Nodes[n]
	node.Open = open
	one := fold{path: t.Path(n), open: open}
	if node.Kind == Group {
		one.index, one.count = node.Index, node.Count
	}
	if f.changed == nil {
		f.changed = map[string]fold{}
	}
	f.changed[fmt.Sprintf("%q %d %d", one.path, one.index, one.count)] = one
}

// SetAll folds or unfolds all nodes, and remembers it.
func (f *Folds) SetAll(t *Tree, open bool) {
	f.RememberAll(open)
	f.Apply(t)
}

// RememberAll is SetAll for a tree that it will be applied to later.
func (f *Folds) RememberAll(open bool) { f.all, f.changed = &open, nil }

// maxUnfolded is up to how many nodes groups are unfolded with the rest: nobody reads more lines.
const maxUnfolded = 20_000

// Apply does to a tree what was done to others.
func (f *Folds) Apply(t *Tree) {
	if f.all != nil {
		groups := *f.all && len(t.Nodes) <= maxUnfolded
		for n := range t.Nodes {
			t.Nodes[n].Open = *f.all && (groups || t.Nodes[n].Kind != Group)
		}
	}
	for _, one := range f.changed {
		n, found := t.Find(one.path)
		if found && one.count > 0 {
			n, found = t.group(n, one.index, one.count)
		}
		if found {
			t.Nodes[n].Open = one.open
		}
	}
}

// group finds a group of a container by its place.
func (t *Tree) group(of, index, count int32) (int32, bool) {
	for n := of + 1; n < t.Nodes[of].end; {
		node := &t.Nodes[n]
		switch {
		case node.Kind != Group:
			n = node.end
		case node.Index == index && node.Count == count:
			return n, true
		default:
			n++
		}
	}
	return 0, false
}

// Visible gives the nodes that are seen, in order. The root is seen only when there is nothing in it.
func (t *Tree) Visible() iter.Seq[int32] {
	return func(yield func(int32) bool) {
		if t.Nodes[0].Count == 0 {
			yield(0)
			return
		}
		for n := int32(1); n < int32(len(t.Nodes)); {
			if !yield(n) {
				return
			}
			if node := &t.Nodes[n]; node.Holds() && !node.Open {
				n = node.end
				continue
			}
			n++
		}
	}
}
