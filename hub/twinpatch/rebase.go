package twinpatch

import "slices"

// Conflict is a member that two sides made different of what it was. What is nil is not there.
type Conflict struct {
	Path               []string
	Base, Mine, Theirs *Value
}

// Rebase makes an edit of base one of what base has become meanwhile: what either side changed is changed, and where
// both did differently, mine stands unless theirs says otherwise; nil: it never does. The conflicts are in the order of
// their places in the result, and the same whatever theirs says.
func Rebase(base, mine, now *Value, theirs func(path []string) bool) (merged *Value, conflicts []Conflict) {
	if theirs == nil {
		theirs = func([]string) bool { return false }
	}
	r := rebaser{theirs: theirs}
	merged = r.objects(nil, base, mine.WithoutNulls(), now)
	return merged, r.conflicts
}

type rebaser struct {
	theirs    func([]string) bool
	conflicts []Conflict
}

// objects merges the members of two objects; base may be something else, or nil.
func (r *rebaser) objects(path []string, base, mine, now *Value) *Value {
	out := Empty()
	was, has, is := base.index(), mine.index(), now.index()
	put := func(name string) {
		inner := append(slices.Clone(path), name)
		if v := r.value(inner, was.get(name), has.get(name), is.get(name)); v != nil {
			out.Members = append(out.Members, Member{Name: name, Value: v})
		}
	}
	for _, m := range now.Members {
		put(m.Name)
	}
	for _, m := range mine.Members {
		if is.get(m.Name) == nil {
			put(m.Name)
		}
	}
	return out
}

func (r *rebaser) value(path []string, base, mine, now *Value) *Value {
	switch {
	case Equal(mine, now), Equal(base, mine):
		return now
	case Equal(base, now):
		return mine
	case mine != nil && now != nil && mine.Kind == Object && now.Kind == Object:
		return r.objects(path, base, mine, now)
	}
	r.conflicts = append(r.conflicts, Conflict{Path: path, Base: base, Mine: mine, Theirs: now})
	if r.theirs(path) {
		return now
	}
	return mine
}
