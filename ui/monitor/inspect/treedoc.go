package inspect

import (
	"github.com/tidwall/gjson"

	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/inspect/tree"
	"hubscope/ui/monitor/inspect/treeview"
)

// treeDocument is a body that is JSON, each of its values a field to point at.
type treeDocument struct{ *treeview.Document }

func newTreeDocument(t *tree.Tree, diff *tree.Difference, width int) *treeDocument {
	return &treeDocument{treeview.New(t, diff, width)}
}

// Point implements pointed.
func (d *treeDocument) Point(i int) (Point, bool) {
	n, t := d.Node(i), d.Tree()
	p := Point{Path: field.Of("body", t.Path(n)...)}
	switch node := &t.Nodes[n]; node.Kind {
	case tree.Group:
		p.Value = "[" + t.Value(n) + "]"
	case tree.String:
		p.Value = gjson.Parse(t.Value(n)).String()
	default:
		p.Value, p.Number = t.Value(n), node.Kind == tree.Number
	}
	return p, true
}
