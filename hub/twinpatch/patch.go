package twinpatch

// Diff is the least merge patch that makes an object another, as PATCH of a twin takes it (protocol 2.5): a member that
// is null is deleted, one that is absent stays, objects are merged, arrays are replaced whole. It has no members when
// there is nothing to do. Members of edited that are null count as not there.
func Diff(old, edited *Value) *Value { return diff(old, edited.WithoutNulls()) }

func diff(old, edited *Value) *Value {
	patch := Empty()
	had, has := old.index(), edited.index()
	for _, m := range old.Members {
		if has.get(m.Name) == nil {
			patch.Members = append(patch.Members, Member{Name: m.Name, Value: Null})
		}
	}
	for _, m := range edited.Members {
		was := had.get(m.Name)
		switch {
		case Equal(was, m.Value):
		case was != nil && was.Kind == Object && m.Value.Kind == Object:
			patch.Members = append(patch.Members, Member{Name: m.Name, Value: diff(was, m.Value)})
		default:
			patch.Members = append(patch.Members, m)
		}
	}
	return patch
}

// Apply gives the object with a patch merged into it, as a hub does it.
func Apply(to, patch *Value) *Value {
	if to == nil || to.Kind != Object {
		to = Empty()
	}
	for _, m := range patch.Members {
		switch {
		case m.Value.IsNull():
			to = to.With(m.Name, nil)
		case m.Value.Kind == Object:
			to = to.With(m.Name, Apply(to.Get(m.Name), m.Value))
		default:
			to = to.With(m.Name, m.Value)
		}
	}
	return to
}

// Counts are how many members a patch adds, changes and deletes. A member that is added or deleted counts as one,
// whatever is in it.
type Counts struct{ Added, Changed, Deleted int }

// Count tells what a patch does to an object.
func Count(old, patch *Value) Counts {
	var n Counts
	for _, m := range patch.Members {
		was := old.Get(m.Name)
		switch {
		case m.Value.IsNull():
			n.Deleted++
		case was == nil:
			n.Added++
		case was.Kind == Object && m.Value.Kind == Object:
			inner := Count(was, m.Value)
			n.Added, n.Changed, n.Deleted = n.Added+inner.Added, n.Changed+inner.Changed, n.Deleted+inner.Deleted
		default:
			n.Changed++
		}
	}
	return n
}
