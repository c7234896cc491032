package query

// aggregates of protocol 3.1.
var aggregates = map[string]bool{"COUNT": true, "AVG": true, "SUM": true, "MIN": true, "MAX": true}

// aggregate is COUNT() or a function of all values of a path.
type aggregate struct {
	kind string
	path Path
}

// total is an aggregate while rows are added to it.
type total struct {
	n             int64
	sum, min, max float64
}

func (t *total) add(a *aggregate, r Row) {
	if a.kind == "COUNT" {
		t.n++
		return
	}
	v := r.Find(a.path)
	if !counts(v) {
		return
	}
	if t.n == 0 {
		t.min, t.max = v.num, v.num
	}
	t.n++
	t.sum += v.num
	t.min, t.max = min(t.min, v.num), max(t.max, v.num)
}

// merge adds the total of other rows.
func (t *total) merge(u total) {
	switch {
	case u.n == 0:
		return
	case t.n == 0:
		*t = u
		return
	}
	t.n += u.n
	t.sum += u.sum
	t.min, t.max = min(t.min, u.min), max(t.max, u.max)
}

// result is undefined when there is none: see counts.
func (t *total) result(a *aggregate) Value {
	switch {
	case a.kind == "COUNT":
		return Integer(t.n)
	case a.kind == "SUM":
		return number(t.sum)
	case t.n == 0:
		return Value{}
	case a.kind == "AVG":
		return number(t.sum / float64(t.n))
	case a.kind == "MIN":
		return number(t.min)
	}
	return number(t.max)
}
