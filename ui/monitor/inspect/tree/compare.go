package tree

import "strconv"

// ChangeKind is what happened to a value.
type ChangeKind uint8

// The kinds of changes.
const (
	Added ChangeKind = iota
	Removed
	Changed
)

// Change is one value that differs between two trees. Of what was added Old means nothing, of what was removed New.
type Change struct {
	Kind     ChangeKind
	New, Old int32
}

// Difference is how a tree differs from an older one.
type Difference struct {
	Old     *Tree
	Changes []Change // in the order of the new tree; what was removed behind what is left of its container
	was     []int32  // by node of the new tree: the node of the old one that was changed, and 1
}

// Compare looks for what has changed since old. Fields are compared by their names, items of a list by their places.
func Compare(now, old *Tree) *Difference {
	c := comparer{now: now, Difference: Difference{Old: old, was: make([]int32, len(now.Nodes))}}
	c.pair(0, 0)
	return &c.Difference
}

// Was is what a value of the new tree was before, when it was changed.
func (d *Difference) Was(n int32) (value string, changed bool) {
	if d == nil || d.was[n] == 0 {
		return "", false
	}
	return d.Old.Value(d.was[n] - 1), true
}

type comparer struct {
	now *Tree
	Difference
}

func (c *comparer) pair(n, o int32) {
	a, b := &c.now.Nodes[n], &c.Old.Nodes[o]
	va, vb := c.now.Value(n), c.Old.Value(o)
	switch {
	case va == vb:
	case a.Kind == Object && b.Kind == Object:
		c.objects(n, o)
	case a.Kind == Array && b.Kind == Array:
		c.arrays(n, o)
	case a.Kind == Number && b.Kind == Number && sameNumber(va, vb):
	default:
		c.was[n] = o + 1
		c.add(Changed, n, o)
	}
}

func (c *comparer) add(kind ChangeKind, n, o int32) {
	c.Changes = append(c.Changes, Change{kind, n, o})
}

// sameNumber: 14.1 and 14.10 are no change, long numbers that one float cannot tell apart are.
func sameNumber(a, b string) bool {
	const exact = 15 // digits
	if len(a) > exact || len(b) > exact {
		return false
	}
	x, err := strconv.ParseFloat(a, 64)
	if err != nil {
		return false
	}
	y, err := strconv.ParseFloat(b, 64)
	return err == nil && x == y
}

func (c *comparer) arrays(n, o int32) {
	x, y := c.now.first(n), c.Old.first(o)
	for ; x >= 0 && y >= 0; x, y = c.now.next(x, n), c.Old.next(y, o) {
		c.pair(x, y)
	}
	for ; x >= 0; x = c.now.next(x, n) {
		c.add(Added, x, 0)
	}
	for ; y >= 0; y = c.Old.next(y, o) {
		c.add(Removed, 0, y)
	}
}

// objects compares by name. Mostly the names come in the same order; only when they do not they are looked up.
func (c *comparer) objects(n, o int32) {
	var byName map[string]int32
	matched := map[int32]bool{}
	inOrder := true
	y := c.Old.first(o)
	for x := c.now.first(n); x >= 0; x = c.now.next(x, n) {
		name, _ := c.now.Name(x)
		if inOrder && y >= 0 && sameName(c.Old, y, name) {
			c.pair(x, y)
			y = c.Old.next(y, o)
			continue
		}
		if inOrder {
			inOrder = false
			byName = c.restByName(y, o)
		}
		found, known := byName[unescape(name)]
		if !known || matched[found] {
			c.add(Added, x, 0)
			continue
		}
		matched[found] = true
		c.pair(x, found)
	}
	for ; y >= 0; y = c.Old.next(y, o) {
		if !matched[y] {
			c.add(Removed, 0, y)
		}
	}
}

func sameName(t *Tree, n int32, name string) bool {
	other, _ := t.Name(n)
	return other == name
}

func (c *comparer) restByName(y, o int32) map[string]int32 {
	byName := map[string]int32{}
	for ; y >= 0; y = c.Old.next(y, o) {
		name, _ := c.Old.Name(y)
		byName[unescape(name)] = y
	}
	return byName
}
