package inspect

import "hubscope/ui/monitor/paint"

// Reveal scrolls to the first line of the part that is seen in which something is found, unless one can be seen
// already. What is folded away is unfolded.
func (in *Inspector) Reveal(found paint.Finder) {
	if !in.Opened || in.doc == nil {
		return
	}
	i := in.lineWith(found)
	if doc, is := in.doc.(*treeDocument); is && i < 0 {
		n := doc.nodeWith(found)
		if n < 0 {
			return
		}
		for up := doc.Tree().Nodes[n].Parent; up > 0; up = doc.Tree().Nodes[up].Parent {
			in.folds.Set(doc.Tree(), up, true)
		}
		doc.LayOut()
		i = doc.RowOf(n)
	}
	switch {
	case i < 0:
		return
	case i >= in.top+in.Rows():
		in.Scroll(i - in.top - in.Rows()/2)
	case i < in.top:
		in.Scroll(i - in.top)
	}
	if in.isPointed() {
		in.cursor = i
		in.settle()
	}
}

// lineWith is the first line in which something is found, -1 when there is none.
func (in *Inspector) lineWith(found paint.Finder) int {
	var bare [paint.Kinds]paint.Pen
	for i := range in.doc.Len() {
		if _, n := found.Index(in.doc.Line(i, &bare)); n > 0 {
			return i
		}
	}
	return -1
}

// nodeWith is the first node with something in its name or its value, -1 when there is none.
func (d *treeDocument) nodeWith(found paint.Finder) int32 {
	for n := range int32(len(d.Tree().Nodes)) {
		if name, _ := d.Tree().Name(n); name != "" {
			if _, size := found.Index(name); size > 0 {
				return n
			}
		}
		if d.Tree().Nodes[n].Holds() {
			continue
		}
		if _, size := found.Index(d.Tree().Value(n)); size > 0 {
			return n
		}
	}
	return -1
}
