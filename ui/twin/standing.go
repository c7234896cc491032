package twin

import "hubscope/ui/monitor/inspect/tree"

// standing is how what is desired and what was reported stand to each other.
type standing uint8

const (
	unmarked standing = iota
	inStep
	differs
	neverReported
	reportedOnly
	standings // how many there are
)

var (
	signs = [standings]string{" ", "✓", "≠", "○", "+"}
	words = [standings]string{"", "in step", "differs", "never reported", "reported only"}
)

// counts are how many properties stand how; an object is none itself.
type counts [standings]int

// compare marks what is desired and what was reported against each other.
func (p *Page) compare() {
	d, r := &p.panels[desired], &p.panels[reported]
	c := comparer{d: d.tree, r: r.tree, dMarks: make([]standing, d.tree.Len()), rMarks: make([]standing, r.tree.Len())}
	c.objects(0, 0)
	d.marks, r.marks = c.dMarks, c.rMarks
	d.counts, r.counts = count(d.tree, d.marks), count(r.tree, r.marks)
}

func count(t *tree.Tree, marks []standing) (n counts) {
	for i, m := range marks {
		if t.Nodes[i].Kind != tree.Object || t.Nodes[i].Count == 0 {
			n[m]++
		}
	}
	return n
}

type comparer struct {
	d, r           *tree.Tree
	dMarks, rMarks []standing
}

// pair marks two values of the same path.
func (c *comparer) pair(d, r int32) standing {
	value := r
	if ack, is := acknowledged(c.r, r); is {
		value = ack
	}
	dn, rn := &c.d.Nodes[d], &c.r.Nodes[value]
	var mark standing
	switch {
	case dn.Kind == tree.Object && rn.Kind == tree.Object:
		mark = c.objects(d, value)
	case same(c.d.Value(d), c.r.Value(value)):
		mark = inStep
	default:
		mark = differs
	}
	c.dMarks[d], c.rMarks[r], c.rMarks[value] = mark, mark, mark
	return mark
}

// objects marks the members of two objects, and gives the mark of both: in step when all that is desired was reported
// so, never reported when nothing of it was.
func (c *comparer) objects(d, r int32) standing {
	byName := map[string]int32{}
	for m := range c.r.Children(r) {
		byName[c.r.Step(m)] = m
	}
	var seen counts
	for m := range c.d.Children(d) {
		other, found := byName[c.d.Step(m)]
		if !found {
			fill(c.d, c.dMarks, m, neverReported)
			seen[neverReported]++
			continue
		}
		delete(byName, c.d.Step(m))
		seen[c.pair(m, other)]++
	}
	for _, m := range byName {
		fill(c.r, c.rMarks, m, reportedOnly)
	}
	switch {
	case seen[differs] > 0, seen[neverReported] > 0 && seen[inStep] > 0:
		return differs
	case seen[neverReported] > 0:
		return neverReported
	}
	return inStep
}

func fill(t *tree.Tree, marks []standing, n int32, m standing) {
	marks[n] = m
	for c := range t.Children(n) {
		fill(t, marks, c, m)
	}
}

// same compares values as documents: how they are written does not count.
func same(a, b string) bool {
	return a == b || len(tree.Compare(tree.Parse(a), tree.Parse(b)).Changes) == 0
}

// acknowledged is the value in an answer to a desired property as IoT Plug and Play has it: an object with the value,
// a code and the version that it answers.
func acknowledged(t *tree.Tree, n int32) (value int32, is bool) {
	code, hasCode := t.Child(n, "ac")
	version, hasVersion := t.Child(n, "av")
	value, hasValue := t.Child(n, "value")
	is = hasCode && hasVersion && hasValue && t.Nodes[code].Kind == tree.Number && t.Nodes[version].Kind == tree.Number
	return value, is
}
