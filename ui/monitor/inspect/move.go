package inspect

import (
	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/inspect/tree"
	"hubscope/ui/monitor/inspect/treeview"
)

// Len is how many lines the part has that is looked at.
func (in *Inspector) Len() int {
	if in.doc == nil {
		return 0
	}
	return in.doc.Len()
}

// isPointed tells whether a cursor goes through the part that is looked at.
func (in *Inspector) isPointed() bool {
	_, is := in.doc.(pointed)
	return is && in.doc.Len() > 0
}

// Point is the field under the cursor; false when there is none.
func (in *Inspector) Point() (Point, bool) {
	doc, is := in.doc.(pointed)
	if !is || in.cursor >= doc.Len() {
		return Point{}, false
	}
	return doc.Point(in.cursor)
}

// Move moves the cursor by n lines, down when it is positive; where there is none it scrolls.
func (in *Inspector) Move(n int) {
	if in.doc == nil {
		return
	}
	if !in.isPointed() {
		in.Scroll(n)
		return
	}
	in.cursor += n
	in.settle()
}

// Scroll moves what is seen by n lines, and the cursor only as far as it must to be seen.
func (in *Inspector) Scroll(n int) {
	if in.doc == nil {
		return
	}
	rows := in.Rows()
	in.top = max(0, min(in.top+n, in.doc.Len()-rows))
	in.cursor = max(in.top, min(in.cursor, in.top+rows-1))
	in.settle()
}

// settle puts the cursor on a line that is there, and the lines so that it is seen.
func (in *Inspector) settle() {
	if in.doc == nil {
		return
	}
	rows, n := in.Rows(), in.doc.Len()
	in.cursor = max(0, min(in.cursor, n-1))
	if in.isPointed() {
		in.top = max(in.cursor-rows+1, min(in.top, in.cursor))
	}
	in.top = max(0, min(in.top, n-rows))
}

// pointAt puts the cursor on a field, if it is in the part that is looked at.
func (in *Inspector) pointAt(path field.Path) {
	switch doc := in.doc.(type) {
	case *treeDocument:
		if path.Root() != "body" {
			return
		}
		if n, found := doc.Tree().Find(path.Names()); found {
			in.cursor = doc.RowOf(n)
		}
	case pointed:
		for i := range doc.Len() {
			if p, found := doc.Point(i); found && p.Path.String() == path.String() {
				in.cursor = i
				break
			}
		}
	}
	in.settle()
}

// CanFold tells whether there is a tree to fold.
func (in *Inspector) CanFold() bool {
	_, is := in.doc.(*treeDocument)
	return is
}

// Fold folds what is under the cursor; what has nothing to fold gives the cursor to what it is in.
func (in *Inspector) Fold() { in.fold((*treeview.Document).Fold) }

// Unfold unfolds what is under the cursor, and goes into what is unfolded already.
func (in *Inspector) Unfold() { in.fold((*treeview.Document).Unfold) }

// Toggle folds or unfolds what is under the cursor.
func (in *Inspector) Toggle() { in.fold((*treeview.Document).Toggle) }

func (in *Inspector) fold(how func(*treeview.Document, *tree.Folds, int) int) {
	if doc, ok := in.treeHere(); ok {
		in.cursor = how(doc.Document, &in.folds, in.cursor)
		in.settle()
	}
}

// FoldAll folds or unfolds the whole tree. A large one is laid out by what Work gives.
func (in *Inspector) FoldAll(open bool) {
	doc, ok := in.treeHere()
	if !ok {
		return
	}
	if in.isLarge() {
		in.wanted = field.Of("body", doc.Tree().Path(doc.Node(in.cursor))...)
		in.folds.RememberAll(open)
		in.refold = true
		in.ask()
		return
	}
	in.cursor = doc.FoldAll(&in.folds, in.cursor, open)
	in.settle()
}

// treeHere is the tree that the cursor goes through.
func (in *Inspector) treeHere() (*treeDocument, bool) {
	doc, ok := in.doc.(*treeDocument)
	return doc, ok && in.cursor < doc.Len()
}

// Click points at a line, folds it when it can be folded, or turns to the part whose name is there; x and y are cells
// of the inspector.
func (in *Inspector) Click(x, y int) {
	if in.doc == nil {
		return
	}
	names := 1 + len(in.facts())
	if y == names {
		if v, found := in.partAt(x); found {
			in.turnTo(v)
		}
		return
	}
	row := in.top + y - in.heads()
	if y < in.heads() || row >= in.doc.Len() || y >= in.heads()+in.Rows() || !in.isPointed() {
		return
	}
	in.cursor = row
	in.settle()
	in.Toggle()
}
