package query

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"strings"
)

// group is the rows with the same values of the paths after GROUP BY. As a row,
// it has these values.
type group struct {
	paths  []Path
	key    string // see appendKey
	values []Value
	totals []total
}

func (*group) Key() string   { return "" }
func (*group) Document() any { return nil }

func (g *group) Find(path Path) Value {
	name := path.String()
	for i, p := range g.paths {
		if p.String() == name {
			return g.values[i]
		}
	}
	return Value{}
}

// grouping makes groups of rows, in the order of their first rows.
type grouping struct {
	query  *Query
	groups []*group
	byKey  map[string]*group
	bytes  int
	key    []byte
	values []Value
}

func newGrouping(q *Query) *grouping {
	g := &grouping{query: q, byKey: map[string]*group{}, values: make([]Value, len(q.group))}
	if !q.grouped { // one group, without rows too
		g.groups = []*group{{totals: make([]total, len(q.items))}}
	}
	return g
}

func (g *grouping) add(r Row) error {
	in, err := g.of(r)
	if err != nil {
		return err
	}
	for i, it := range g.query.items {
		if it.aggregate != nil {
			in.totals[i].add(it.aggregate, r)
		}
	}
	return nil
}

// of finds the group of a row, or makes it.
func (g *grouping) of(r Row) (*group, error) {
	if !g.query.grouped {
		return g.groups[0], nil
	}
	g.key = g.key[:0]
	for i, path := range g.query.group {
		g.values[i] = r.Find(path)
		g.key = g.values[i].appendKey(g.key)
	}
	if in, ok := g.byKey[string(g.key)]; ok {
		return in, nil
	}
	in := &group{
		paths: g.query.group, key: string(g.key),
		values: make([]Value, len(g.values)), totals: make([]total, len(g.query.items)),
	}
	for i, v := range g.values {
		v.text = strings.Clone(v.text) // else it keeps the whole document
		in.values[i] = v
	}
	return in, g.keep(in)
}

// keep adds a new group, within bounds.
func (g *grouping) keep(in *group) error {
	g.bytes += len(in.key)
	if len(g.groups) == maxGroups || g.bytes > maxGroupBytes {
		return &Error{Reason: "GROUP BY makes more than " + itoa(maxGroups) + " groups, or more than " + itoa(maxGroupBytes>>20) + " MiB of them: narrow the query by WHERE"}
	}
	g.groups = append(g.groups, in)
	g.byKey[in.key] = in
	return nil
}

// merge adds the groups of rows that come behind those of g.
func (g *grouping) merge(part *grouping) error {
	for i, of := range part.groups {
		in := g.byKey[of.key]
		if !g.query.grouped {
			in = g.groups[i]
		}
		if in == nil {
			if err := g.keep(of); err != nil {
				return err
			}
			continue
		}
		for k := range in.totals {
			in.totals[k].merge(of.totals[k])
		}
	}
	return nil
}

// appendKey writes a form that is the same for equal values only; 1 and 1.0 are
// equal.
func (v Value) appendKey(b []byte) []byte {
	b = append(b, byte(v.kind))
	switch v.kind {
	case Bool, Number:
		text, _ := json.Marshal(v.num)
		return append(append(b, text...), 0)
	case String, Array, Object:
		b = binary.AppendUvarint(b, uint64(len(v.text)))
		return append(b, v.text...)
	}
	return b
}

// result gives the documents of all groups.
func (g *grouping) result() []any {
	items := make([]any, len(g.groups))
	for i, in := range g.groups {
		o := object{'{'}
		for k, it := range g.query.items {
			if it.aggregate != nil {
				o.add(it.name, in.totals[k].result(it.aggregate))
			} else {
				o.add(it.name, it.value.eval(in))
			}
		}
		items[i] = o.end()
	}
	return items
}

// collect makes the whole result of a query with aggregates or GROUP BY, in one
// pass over the rows.
func (e *Engine) collect(ctx context.Context, q *Query) ([]any, error) {
	source := e.sources.of(q.from)
	g := newGrouping(q)
	if counter, ok := source.(Counter); ok && q.onlyCounts() {
		n, err := counter.Count(ctx)
		for i := range q.items {
			g.groups[0].totals[i].n = n
		}
		return g.result(), err
	}
	rows := rowsOf(source, q.where, "")
	pieces := inOrder(ctx, rows, func(ctx context.Context, in Span) (*grouping, error) {
		part, tooMany := newGrouping(q), error(nil)
		_, err := rows.scan(ctx, in, func(r Row) bool {
			tooMany = part.add(r)
			return tooMany == nil
		})
		return part, cmp.Or(err, tooMany)
	})
	for part, err := range pieces {
		if err == nil {
			err = g.merge(part)
		}
		if err != nil {
			return nil, err
		}
	}
	return g.result(), nil
}

// onlyCounts: the number of all rows is all that is asked for.
func (q *Query) onlyCounts() bool {
	for _, it := range q.items {
		if it.aggregate == nil || it.aggregate.kind != "COUNT" {
			return false
		}
	}
	return q.where == nil && !q.grouped
}
