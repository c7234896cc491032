package twin

import (
	"strings"

	"github.com/tidwall/gjson"

	"hubscope/hub/events/payload"
	"hubscope/ui/monitor/inspect/tree"
	"hubscope/ui/monitor/inspect/treeview"
)

// kind is a section of the twin.
type kind int

const (
	desired kind = iota
	reported
	tags
	panels // how many there are
)

var titles = [panels]string{"Desired", "Reported", "Tags"}

// roots are where the sections stand in a twin.
var roots = [panels][]string{{"properties", "desired"}, {"properties", "reported"}, {"tags"}}

// panel shows a section as a tree.
type panel struct {
	kind    kind
	raw     string // as the hub gave it
	version int64  // 0 when it has none
	stamp   *stamp
	tree    *tree.Tree
	diff    *tree.Difference // what the last change was; nil when none was seen
	folds   tree.Folds
	marks   []standing // by node
	counts  counts

	doc    *treeview.Document // nil when there is nothing to show
	width  int                // of its lines
	height int                // how many of them are seen; 0 when the panels are stacked
	cursor int                // a line
	top    int                // the first line that is seen
}

func (l *panel) forget() {
	*l = panel{kind: l.kind, folds: l.folds}
}

// update takes a state of the section, and says whether it is another one. Changes are marked when an earlier state was
// seen.
func (l *panel) update(raw string, seen bool) bool {
	if raw == l.raw && l.tree != nil {
		return false
	}
	l.raw = raw
	text, section := plain(raw)
	l.version = section.Get("$version").Int()
	l.stamp = readStamp(section.Get("$metadata"))
	now := tree.Parse(text)
	if l.tree != nil && now.JSON == l.tree.JSON {
		l.folds.Apply(now)
		l.tree = now
		return true // the same again, at another time
	}
	if seen && l.tree != nil {
		l.diff = tree.Compare(now, l.tree)
	}
	l.tree = now
	l.folds.Apply(now)
	return true
}

// plain is a section without what the hub adds to it: $metadata and $version. What is no section is one with nothing in
// it.
func plain(raw string) (text string, section gjson.Result) {
	if !gjson.Valid(raw) || payload.FormOf([]byte(raw)) != payload.JSON {
		return "{}", gjson.Result{}
	}
	section = gjson.Parse(raw)
	if !section.IsObject() {
		return "{}", gjson.Result{}
	}
	var members []string
	section.ForEach(func(name, value gjson.Result) bool {
		if n := name.String(); n != "$metadata" && n != "$version" {
			members = append(members, name.Raw+":"+value.Raw)
		}
		return true
	})
	return "{" + strings.Join(members, ",") + "}", section
}

// isEmpty says that there is nothing to show.
func (l *panel) isEmpty() bool { return l.tree == nil || l.tree.Nodes[0].Count == 0 }

// layOut makes the lines anew and keeps the cursor on what it was on.
func (l *panel) layOut(width int) {
	var path []string
	if n, ok := l.node(); ok {
		path = l.doc.Tree().Path(n)
	}
	l.width, l.doc = width, nil
	if l.isEmpty() || width < 4 {
		l.cursor, l.top = 0, 0
		return
	}
	l.doc = treeview.New(l.tree, l.diff, width)
	for ; len(path) > 0; path = path[:len(path)-1] {
		if n, found := l.tree.Find(path); found {
			l.cursor = l.doc.RowOf(n)
			break
		}
	}
	l.settle()
}

// lines is how many lines there are; one says that there is nothing.
func (l *panel) lines() int {
	if l.doc == nil {
		return 1
	}
	return l.doc.Len()
}

// node is what is under the cursor.
func (l *panel) node() (n int32, ok bool) {
	if l.doc == nil || l.cursor >= l.doc.Len() {
		return 0, false
	}
	return l.doc.Node(l.cursor), true
}

// settle puts the cursor on a line that is there, and the lines so that it is seen.
func (l *panel) settle() {
	l.cursor = max(0, min(l.cursor, l.lines()-1))
	if l.height > 0 {
		l.top = max(l.cursor-l.height+1, min(l.top, l.cursor))
		l.top = max(0, min(l.top, l.lines()-l.height))
	}
}

// path is where a node stands in the twin.
func (l *panel) path(n int32) []string {
	return append(append([]string(nil), roots[l.kind]...), l.tree.Path(n)...)
}

// inArray says whether a node is something in an array, or some of it: an array is changed as a whole.
func (l *panel) inArray(n int32) bool {
	for at := n; at > 0; at = l.tree.Nodes[at].Parent {
		if l.tree.Nodes[at].Kind == tree.Group || l.tree.Nodes[l.tree.Container(at)].Kind == tree.Array {
			return true
		}
	}
	return false
}

// fresh says whether the value of a node, or something in it, was changed by the last change.
func (l *panel) fresh(n int32) bool {
	if l.diff == nil {
		return false
	}
	for _, c := range l.diff.Changes {
		if c.Kind != tree.Removed && l.within(c.New, n) {
			return true
		}
	}
	return false
}

// within says whether a node is another, is in it or holds it.
func (l *panel) within(a, b int32) bool {
	for up := b; up > 0; up = l.tree.Nodes[up].Parent {
		if up == a {
			return true
		}
	}
	if l.tree.Nodes[b].Open {
		return false
	}
	for up := a; up > 0; up = l.tree.Nodes[up].Parent {
		if up == b {
			return true
		}
	}
	return false
}

// removed is how many members the last change took away.
func (l *panel) removed() int {
	n := 0
	if l.diff != nil {
		for _, c := range l.diff.Changes {
			if c.Kind == tree.Removed {
				n++
			}
		}
	}
	return n
}
