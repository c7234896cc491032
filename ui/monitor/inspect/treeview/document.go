// Package treeview draws JSON as a tree that can be folded.
package treeview

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/monitor/inspect/tree"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// Document shows JSON as a tree: one line a value, more where a text is long. Lines are made when they are drawn.
type Document struct {
	tree  *tree.Tree
	diff  *tree.Difference // nil when there is nothing to compare with
	width int
	rows  []row
	long  map[int32]*paint.Text // nodes that take more than one line
}

// row is a line of a node.
type row struct{ node, part int32 }

// New lays a tree out in lines of at most width cells. What differs by diff is told with what it was; nil: nothing.
func New(t *tree.Tree, diff *tree.Difference, width int) *Document {
	d := &Document{tree: t, diff: diff, width: width, long: map[int32]*paint.Text{}}
	d.LayOut()
	return d
}

// LayOut finds the lines anew after something was folded.
func (d *Document) LayOut() {
	d.rows = d.rows[:0]
	for n := range d.tree.Visible() {
		if d.surelyFits(n) {
			d.rows = append(d.rows, row{node: n})
			continue
		}
		text := d.long[n]
		if text == nil {
			text = &paint.Text{}
			text.Add(d.spans(n), d.width, min(d.valueColumn(n), d.width/2))
			d.long[n] = text
		}
		for part := range text.Len() {
			d.rows = append(d.rows, row{n, int32(part)})
		}
	}
}

// surelyFits spares most nodes to be written only to be measured.
func (d *Document) surelyFits(n int32) bool {
	node := &d.tree.Nodes[n]
	if node.Holds() {
		return true // what is told of it is cut
	}
	const was = maxWas + len("  (was )")
	room := d.width - d.valueColumn(n)
	if _, changed := d.diff.Was(n); changed {
		room -= was
	}
	value := d.tree.Value(n)
	if len(value) > room {
		return false
	}
	const worst = 3 // cells for a byte that has to be written out
	return isASCII(value) || worst*len(value) <= room
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Len implements paint.Document.
func (d *Document) Len() int { return len(d.rows) }

// Line implements paint.Document.
func (d *Document) Line(i int, pens *[paint.Kinds]paint.Pen) string {
	at := d.rows[i]
	if text := d.long[at.node]; text != nil {
		return text.Line(int(at.part), pens)
	}
	return paint.Spans(d.spans(at.node), pens)
}

const (
	gap       = 2  // between a name and its value
	foldWidth = 2  // the ▾ before a name
	maxWas    = 40 // cells of what a value was
)

func (d *Document) indent(n int32) int {
	return min(2*max(0, int(d.tree.Nodes[n].Depth)-1), d.width/2)
}

// valueColumn is where the value of a node begins; names next to each other are padded to the longest.
func (d *Document) valueColumn(n int32) int {
	return d.indent(n) + foldWidth + max(d.nameWidth(n), d.ownNameWidth(n)) + gap
}

func (d *Document) nameWidth(n int32) int {
	up := d.tree.Container(n)
	if up < 0 {
		return 0
	}
	of := &d.tree.Nodes[up]
	if of.Kind == tree.Array {
		return digits(of.Count - 1)
	}
	return min(int(of.Names), 20, d.width/3)
}

func digits(n int32) (count int) {
	for count = 1; n > 9; n /= 10 {
		count++
	}
	return count
}

// ownNameWidth bounds the cells of a name from above; it is cut where it is very long.
func (d *Document) ownNameWidth(n int32) int {
	name, named := d.tree.Name(n)
	if !named {
		return 0
	}
	if !isASCII(name) {
		return min(3*len(name), d.width/2)
	}
	return min(len(name), d.width/2)
}

// spans writes a whole node.
func (d *Document) spans(n int32) []paint.Span {
	node := &d.tree.Nodes[n]
	lead := strings.Repeat(" ", d.indent(n))
	if node.Kind == tree.Group {
		text := fmt.Sprintf("%d %s %d", node.Index, safe.Ellipsis, node.Index+node.Count-1)
		return []paint.Span{{Kind: paint.MutedSpan, Text: lead + foldSign(node) + text}}
	}
	spans := []paint.Span{{Kind: paint.MutedSpan, Text: lead + foldSign(node)}}
	if n > 0 {
		spans = append(spans, d.name(n))
	}
	if node.Holds() {
		used := 0
		for _, s := range spans {
			used += ansi.StringWidth(s.Text)
		}
		return append(spans, d.contents(n, d.width-used)...)
	}
	spans = append(spans, paint.Span{Kind: ValueKinds[node.Kind], Text: safe.Inline(d.tree.Value(n))})
	if was, changed := d.diff.Was(n); changed && (node.Kind == tree.Number || node.Kind == tree.Word) {
		spans = append(spans, paint.Span{Kind: paint.FreshSpan, Text: "  (was " + safe.Line(was, maxWas) + ")"})
	}
	return spans
}

// ValueKinds is how values are drawn, by the kind of their node.
var ValueKinds = [...]paint.SpanKind{
	tree.Object: paint.PunctSpan, tree.Array: paint.PunctSpan, tree.String: paint.StringSpan,
	tree.Number: paint.NumberSpan, tree.Word: paint.WordSpan, tree.Group: paint.MutedSpan,
}

func foldSign(node *tree.Node) string {
	switch {
	case node.Count == 0:
		return "  "
	case node.Open:
		return "▾ "
	}
	return "▸ "
}

func (d *Document) name(n int32) paint.Span {
	name, named := d.tree.Name(n)
	width := d.nameWidth(n)
	if !named {
		return paint.Span{Kind: paint.MutedSpan, Text: widget.FitRight(strconv.Itoa(int(d.tree.Nodes[n].Index)), width) + "  "}
	}
	text := safe.Line(name, d.width/2)
	if name == "" || strings.Trim(name, " ") != name {
		text = `"` + safe.Line(name, d.width/2-2) + `"`
	}
	if pad := width - ansi.StringWidth(text); pad > 0 {
		text += strings.Repeat(" ", pad)
	}
	return paint.Span{Kind: paint.KeySpan, Text: text + "  "}
}

// contents tells how much is in a container and, when it is folded, what.
func (d *Document) contents(n int32, room int) []paint.Span {
	node := &d.tree.Nodes[n]
	if node.Count == 0 {
		return []paint.Span{{Kind: paint.PunctSpan, Text: safe.Line(emptyText[node.Kind], room)}}
	}
	what := "field"
	if node.Kind == tree.Array {
		what = "item"
	}
	count := safe.Line(widget.Plural(int(node.Count), what), room)
	spans := []paint.Span{{Kind: paint.MutedSpan, Text: count}}
	if node.Open {
		return spans
	}
	if room -= ansi.StringWidth(count) + gap; room < 4 {
		return spans
	}
	const look = 1024
	value := d.tree.Value(n)
	return append(spans, paint.Span{Kind: paint.PunctSpan, Text: "  " + paint.Preview([]byte(value[:min(len(value), look)]), room)})
}

var emptyText = [...]string{tree.Object: "{}", tree.Array: "[]"}

// Tree is what is shown.
func (d *Document) Tree() *tree.Tree { return d.tree }

// Part says which line of its node a line is, from 0.
func (d *Document) Part(i int) int { return int(d.rows[i].part) }

// Node is the node of a line.
func (d *Document) Node(i int) int32 { return d.rows[i].node }

// RowOf is the first line of a node, or of the folded one that it is in.
func (d *Document) RowOf(n int32) int {
	lo, hi := 0, len(d.rows)
	for lo < hi { // rows are in the order of their nodes
		if mid := (lo + hi) / 2; d.rows[mid].node < n {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(d.rows) && d.rows[lo].node == n {
		return lo
	}
	return max(0, lo-1)
}
