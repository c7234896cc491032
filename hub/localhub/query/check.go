package query

// check refuses what the grammar allows and the language does not
// (protocol 3.3), and names the items that have no name.
func (q *Query) check(text string) error {
	names, unnamedItems := map[string]bool{}, 0
	for i := range q.items {
		it := &q.items[i]
		if q.from == Jobs {
			return errorAt(text, it.offset, "only SELECT * is possible on devices.jobs")
		}
		if !it.isNamed {
			unnamedItems++
			it.name = unnamed(unnamedItems)
		}
		if names[it.name] {
			return errorAt(text, it.offset, "two items are called %.40q, give one of them another name by AS", it.name)
		}
		names[it.name] = true
		q.aggregated = q.aggregated || it.aggregate != nil
	}
	if q.grouped && len(q.items) == 0 {
		return &Error{Reason: "GROUP BY needs items after SELECT, not '*'"}
	}
	if q.aggregated || q.grouped {
		return q.checkGrouped(text)
	}
	return nil
}

// checkGrouped: beside aggregates there is only what GROUP BY names.
func (q *Query) checkGrouped(text string) (err error) {
	group := make(map[string]bool, len(q.group))
	for _, path := range q.group {
		group[path.String()] = true
	}
	for _, it := range q.items {
		if it.value == nil {
			continue
		}
		paths(it.value, func(p pathExpr) {
			if err == nil && !group[p.path.String()] {
				err = errorAt(text, p.offset, "%.60q is neither in GROUP BY nor in an aggregate", p.path.String())
			}
		})
	}
	return err
}
