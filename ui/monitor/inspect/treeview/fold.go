package treeview

import "hubscope/ui/monitor/inspect/tree"

// Folding remembers in f what was folded, for trees that look alike, and gives the line on which the cursor is then: the
// same node, or the folded one that it is in now.

// Fold folds the node of a line; one with nothing to fold gives the cursor to what it is in.
func (d *Document) Fold(f *tree.Folds, line int) int {
	n := d.Node(line)
	if node := &d.tree.Nodes[n]; node.Count > 0 && node.Open {
		return d.set(f, n, false)
	}
	if up := d.tree.Nodes[n].Parent; up > 0 {
		return d.RowOf(up)
	}
	return line
}

// Unfold unfolds the node of a line, and goes into one that is unfolded already.
func (d *Document) Unfold(f *tree.Folds, line int) int {
	n := d.Node(line)
	switch node := &d.tree.Nodes[n]; {
	case node.Count == 0:
		return line
	case node.Open:
		return line + 1
	}
	return d.set(f, n, true)
}

// Toggle folds or unfolds the node of a line.
func (d *Document) Toggle(f *tree.Folds, line int) int {
	n := d.Node(line)
	if d.tree.Nodes[n].Count == 0 {
		return line
	}
	return d.set(f, n, !d.tree.Nodes[n].Open)
}

// FoldAll folds or unfolds the whole tree.
func (d *Document) FoldAll(f *tree.Folds, line int, open bool) int {
	n := d.Node(line)
	f.SetAll(d.tree, open)
	return d.folded(n)
}

func (d *Document) set(f *tree.Folds, n int32, open bool) int {
	f.Set(d.tree, n, open)
	return d.folded(n)
}

func (d *Document) folded(n int32) int {
	d.LayOut()
	for up := d.tree.Nodes[n].Parent; up > 0; up = d.tree.Nodes[up].Parent {
		if !d.tree.Nodes[up].Open {
			n = up
		}
	}
	return d.RowOf(n)
}
