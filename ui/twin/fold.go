package twin

import (
	"hubscope/ui/monitor/inspect/tree"
	"hubscope/ui/monitor/inspect/treeview"
)

// foldBy folds or unfolds what is under the cursor.
func (p *Page) foldBy(how func(*treeview.Document, *tree.Folds, int) int) {
	l := &p.panels[p.at]
	if _, ok := l.node(); ok {
		l.cursor = how(l.doc, &l.folds, l.cursor)
		p.settle()
	}
}

// foldAll folds or unfolds all sections.
func (p *Page) foldAll(open bool) {
	for i := range p.panels {
		l := &p.panels[i]
		if _, ok := l.node(); ok {
			l.cursor = l.doc.FoldAll(&l.folds, l.cursor, open)
			l.settle()
		}
	}
	p.settle()
}
